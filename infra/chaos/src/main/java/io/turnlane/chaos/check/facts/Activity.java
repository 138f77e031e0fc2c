package io.turnlane.chaos.check.facts;

import io.turnlane.chaos.history.HistoryLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Posts of the clients, calls of the agents, and the times between all actions of a run. */
public final class Activity {

    private final Map<String, Long> postedAt = new HashMap<>();
    private final Map<String, Long> lastPostOf = new HashMap<>();
    private final Map<String, Integer> agentCalls = new HashMap<>();
    private final List<Long> progressTimes = new ArrayList<>();
    private int posts;
    private int internalErrors;
    private long slowestAsk;

    void note(HistoryLine line) {
        switch (line) {
            case HistoryLine.QuestionPosted post -> {
                posts++;
                postedAt.putIfAbsent(post.canary(), post.time());
                lastPostOf.put(post.process(), post.time());
                progressTimes.add(post.time());
            }
            case HistoryLine.QuestionAccepted _, HistoryLine.QuestionRejected _ -> answered(line);
            case HistoryLine.QuestionUnresolved unresolved -> {
                answered(line);
                internalErrors += Integer.valueOf(500).equals(unresolved.http()) ? 1 : 0;
            }
            case HistoryLine.EventReceived _, HistoryLine.AgentLeft _ -> progressTimes.add(line.time());
            case HistoryLine.StatusPolled poll
            when HistoryLine.isTerminal(poll.status()) -> progressTimes.add(poll.time());
            case HistoryLine.AgentEntered call -> {
                agentCalls.merge(call.request(), 1, Integer::sum);
                progressTimes.add(call.time());
            }
            default -> {}
        }
    }

    private void answered(HistoryLine reply) {
        slowestAsk = Math.max(slowestAsk, reply.time() - lastPostOf.getOrDefault(reply.process(), reply.time()));
    }

    /** Returns the number of posts of questions, with retries. */
    public int posts() {
        return posts;
    }

    /** Returns the number of questions, each counted once regardless of retries. */
    public int questions() {
        return postedAt.size();
    }

    /** Returns the time of the first post of the question with this canary; {@code otherwise} if there is none. */
    public long postedAt(String canary, long otherwise) {
        return postedAt.getOrDefault(canary, otherwise);
    }

    /** Returns the number of posts that were answered with 500. */
    public int internalErrors() {
        return internalErrors;
    }

    /** Returns the longest time from a post to its response, in microseconds. */
    public long slowestAsk() {
        return slowestAsk;
    }

    /** Returns the number of agent calls of each request that has any. */
    public Map<String, Integer> agentCalls() {
        return agentCalls;
    }

    /**
     * Returns the longest time without a post, an agent call, an event or an observed end, in microseconds. Clients ask
     * continuously, so in this time every client was waiting.
     */
    public long longestStall() {
        long[] sorted =
                progressTimes.stream().mapToLong(Long::longValue).sorted().toArray();
        long longest = 0;
        for (int i = 1; i < sorted.length; i++) {
            longest = Math.max(longest, sorted[i] - sorted[i - 1]);
        }
        return longest;
    }
}

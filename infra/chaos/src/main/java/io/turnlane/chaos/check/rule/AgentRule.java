package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.facts.RequestFacts.End;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.Line;
import io.turnlane.chaos.history.Line.AgentEntered;
import io.turnlane.chaos.history.Outcome;
import io.turnlane.chaos.history.RunFolder.Located;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * O1, O4, O5, from the agents' own lines. A process that was killed, frozen or cut off may still be inside an agent's
 * call when its successor begins: such calls may overlap. What counts is whose call gave the request its end: those
 * calls of a session come one after the other, in the log's order, and no later attempt had begun. A turn that was
 * given up (as poison, say) got its end from no call.
 */
final class AgentRule implements Rule {

    /** Between the wall clock of an agent and the millisecond of an event. */
    private static final long SLACK_MICROS = 20_000;

    /** One call of the agent. */
    private static final class Call {
        private final AgentEntered in;
        private final String where;
        private long left = Long.MAX_VALUE;
        private Outcome outcome = Outcome.INVOKE;

        Call(AgentEntered in, String where) {
            this.in = in;
            this.where = where;
        }
    }

    private record Flight(String process, String request, int attempt) {}

    private final Facts facts;
    private final Findings findings;
    private final Map<Flight, Call> open = new HashMap<>();
    private final Map<String, List<Call>> bySession = new HashMap<>();

    AgentRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void agent(Located<Line> line) {
        switch (line.line()) {
            case AgentEntered in -> {
                Call call = new Call(in, line.where());
                open.put(new Flight(in.process(), in.request(), in.attempt()), call);
                bySession.computeIfAbsent(in.session(), _ -> new ArrayList<>()).add(call);
            }
            case Line.AgentLeft out -> {
                Call call = open.remove(new Flight(out.process(), out.request(), out.attempt()));
                if (call != null) {
                    call.left = out.time();
                    call.outcome = out.outcome();
                }
            }
            default -> {}
        }
    }

    @Override
    public void finish() {
        for (List<Call> calls : bySession.values()) {
            calls.sort(Comparator.comparingLong(call -> call.in.time()));
            oneAfterTheOther(calls);
            notTwiceInOneProcess(calls);
            Map<String, Call> attempts = new HashMap<>();
            for (Call call : calls) {
                endIsTheEnd(call);
                String attempt = call.in.request() + "/" + call.in.attempt();
                Call twin = attempts.putIfAbsent(attempt, call);
                if (twin != null && !mayBeLost(call)) {
                    violated(Invariant.O4, call, "was given to the agent twice as one attempt", twin);
                }
            }
        }
    }

    /** Sweeps a session's calls by time, with the latest turn whose call has given an end. */
    private void oneAfterTheOther(List<Call> calls) {
        List<Call> counting = calls.stream().filter(this::gaveTheEnd).toList();
        Call before = null;
        for (Call call : counting) {
            findings.checked(Invariant.O1);
            if (before != null && offset(before) > offset(call)) {
                violated(Invariant.O1, call, "ran after the later turn " + before.in.request(), before);
            } else if (before != null && before.left != Long.MAX_VALUE && before.left > call.in.time()) {
                violated(Invariant.O1, call, "ran while " + before.in.request() + " did", before);
            }
            before = call;
        }
        earlierTurnsAreDone(calls, counting);
    }

    /** A call that came to nothing may not have begun before the earlier turns were done, either. */
    private void earlierTurnsAreDone(List<Call> calls, List<Call> counting) {
        TreeMap<Long, Call> byOffset = new TreeMap<>();
        counting.forEach(call -> byOffset.put(offset(call), call));
        for (Call call : calls) {
            Map.Entry<Long, Call> previous = byOffset.lowerEntry(offset(call));
            if (gaveTheEnd(call) || previous == null) {
                continue;
            }
            long left = previous.getValue().left;
            if (left != Long.MAX_VALUE && left > call.in.time()) {
                String what =
                        "began before the earlier " + previous.getValue().in.request() + " was done";
                violated(Invariant.O1, call, what, previous.getValue());
            }
        }
    }

    /** In one process nothing excuses two calls of a session that both end of themselves. */
    private void notTwiceInOneProcess(List<Call> calls) {
        Map<String, Call> latest = new HashMap<>();
        for (Call call : calls) {
            if (call.outcome != Outcome.OK && call.outcome != Outcome.FAIL) {
                continue;
            }
            Call before = latest.put(call.in.process(), call);
            if (before != null && before.left > call.in.time() && !(gaveTheEnd(before) && gaveTheEnd(call))) {
                violated(Invariant.O1, call, "ran beside " + before.in.request() + " in one process", before);
            }
        }
    }

    private void endIsTheEnd(Call call) {
        findings.checked(Invariant.O4);
        End end = end(call);
        if (end == null || call.in.attempt() <= end.attempt() || mayBeLost(call)) {
            return;
        }
        boolean after = call.in.time() > end.timestamp() + SLACK_MICROS;
        findings.violated(
                after ? Invariant.O4 : Invariant.O5,
                call.in.session(),
                call.in.request(),
                after
                        ? "was given to the agent again as attempt " + call.in.attempt() + " after its end"
                        : "was ended by attempt " + end.attempt() + " after attempt " + call.in.attempt()
                                + " had begun",
                call.where,
                end.where());
    }

    private boolean gaveTheEnd(Call call) {
        End end = end(call);
        return end != null && end.inOrder() && !end.givenUp() && end.attempt() == call.in.attempt();
    }

    private boolean mayBeLost(Call call) {
        End end = end(call);
        return facts.losses().mayHaveTaken(end == null ? call.in.time() : Math.min(call.in.time(), end.timestamp()));
    }

    private @Nullable End end(Call call) {
        RequestFacts request = facts.find(call.in.request());
        return request == null ? null : request.end();
    }

    private long offset(Call call) {
        RequestFacts request = facts.find(call.in.request());
        return request == null || request.logged() == null
                ? -1
                : request.logged().offset();
    }

    private void violated(Invariant invariant, Call call, String what, Call other) {
        findings.violated(invariant, call.in.session(), call.in.request(), what, other.where, call.where);
    }
}

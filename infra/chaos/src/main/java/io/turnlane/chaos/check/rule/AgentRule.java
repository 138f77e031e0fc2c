package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.facts.RequestFacts.RequestEnd;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.HistoryLine.AgentEntered;
import io.turnlane.chaos.history.OperationOutcome;
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
    private static final class CheckedCall {
        private final AgentEntered in;
        private final String where;
        private long left = Long.MAX_VALUE;
        private OperationOutcome outcome = OperationOutcome.INVOKE;

        CheckedCall(AgentEntered in, String where) {
            this.in = in;
            this.where = where;
        }
    }

    private record CallKey(String process, String request, int attempt) {}

    private final Facts facts;
    private final Findings findings;
    private final Map<CallKey, CheckedCall> open = new HashMap<>();
    private final Map<String, List<CheckedCall>> bySession = new HashMap<>();

    AgentRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void onAgent(Located<HistoryLine> line) {
        switch (line.line()) {
            case AgentEntered in -> {
                CheckedCall call = new CheckedCall(in, line.where());
                open.put(new CallKey(in.process(), in.request(), in.attempt()), call);
                bySession.computeIfAbsent(in.session(), _ -> new ArrayList<>()).add(call);
            }
            case HistoryLine.AgentLeft out -> {
                CheckedCall call = open.remove(new CallKey(out.process(), out.request(), out.attempt()));
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
        for (List<CheckedCall> calls : bySession.values()) {
            calls.sort(Comparator.comparingLong(call -> call.in.time()));
            oneAfterTheOther(calls);
            notTwiceInOneProcess(calls);
            Map<String, CheckedCall> attempts = new HashMap<>();
            for (CheckedCall call : calls) {
                endIsTheEnd(call);
                String attempt = call.in.request() + "/" + call.in.attempt();
                CheckedCall twin = attempts.putIfAbsent(attempt, call);
                if (twin != null && !mayBeLost(call)) {
                    violated(Invariant.O4, call, "was given to the agent twice as one attempt", twin);
                }
            }
        }
    }

    /** Sweeps a session's calls by time, with the latest turn whose call has given an end. */
    private void oneAfterTheOther(List<CheckedCall> calls) {
        List<CheckedCall> counting = calls.stream().filter(this::gaveTheEnd).toList();
        CheckedCall before = null;
        for (CheckedCall call : counting) {
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
    private void earlierTurnsAreDone(List<CheckedCall> calls, List<CheckedCall> counting) {
        TreeMap<Long, CheckedCall> byOffset = new TreeMap<>();
        counting.forEach(call -> byOffset.put(offset(call), call));
        for (CheckedCall call : calls) {
            Map.Entry<Long, CheckedCall> previous = byOffset.lowerEntry(offset(call));
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
    private void notTwiceInOneProcess(List<CheckedCall> calls) {
        Map<String, CheckedCall> latest = new HashMap<>();
        for (CheckedCall call : calls) {
            if (call.outcome != OperationOutcome.OK && call.outcome != OperationOutcome.FAIL) {
                continue;
            }
            CheckedCall before = latest.put(call.in.process(), call);
            if (before != null && before.left > call.in.time() && !(gaveTheEnd(before) && gaveTheEnd(call))) {
                violated(Invariant.O1, call, "ran beside " + before.in.request() + " in one process", before);
            }
        }
    }

    private void endIsTheEnd(CheckedCall call) {
        findings.checked(Invariant.O4);
        RequestEnd end = end(call);
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

    private boolean gaveTheEnd(CheckedCall call) {
        RequestEnd end = end(call);
        return end != null && end.followsLogOrder() && !end.givenUp() && end.attempt() == call.in.attempt();
    }

    private boolean mayBeLost(CheckedCall call) {
        RequestEnd end = end(call);
        return facts.losses()
                .mayHaveLostState(end == null ? call.in.time() : Math.min(call.in.time(), end.timestamp()));
    }

    private @Nullable RequestEnd end(CheckedCall call) {
        RequestFacts request = facts.find(call.in.request());
        return request == null ? null : request.end();
    }

    private long offset(CheckedCall call) {
        RequestFacts request = facts.find(call.in.request());
        return request == null || request.logged() == null
                ? -1
                : request.logged().offset();
    }

    private void violated(Invariant invariant, CheckedCall call, String what, CheckedCall other) {
        findings.violated(invariant, call.in.session(), call.in.request(), what, other.where, call.where);
    }
}

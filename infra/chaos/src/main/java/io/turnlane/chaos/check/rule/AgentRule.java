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
 * Checks the promises O1, O4 and O5 (docs/guarantees.md) against the lines that the agents wrote. The agent calls that
 * ended a session's turns must run one after the other and in log order. The rule allows an overlap with an earlier
 * attempt: if a process is frozen or disconnected, its agent call can still be running when the new owner begins the
 * turn again. The attempt that ended a turn must be its last attempt.
 */
final class AgentRule implements Rule {

    /**
     * Allowed difference between the clock of an agent and the timestamp of an event, which has a resolution of one
     * millisecond.
     */
    private static final long SLACK_MICROS = 20_000;

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
            checkOrder(calls);
            checkOneProcess(calls);
            Map<String, CheckedCall> attempts = new HashMap<>();
            for (CheckedCall call : calls) {
                checkNoCallAfterEnd(call);
                String attempt = call.in.request() + "/" + call.in.attempt();
                CheckedCall duplicate = attempts.putIfAbsent(attempt, call);
                if (duplicate != null && !mayHaveLostEnd(call)) {
                    violated(Invariant.O4, call, "was passed to the agent twice in one attempt", duplicate);
                }
            }
        }
    }

    /** Checks that the agent calls that ended turns ran one after the other and in log order. */
    private void checkOrder(List<CheckedCall> calls) {
        List<CheckedCall> producers = calls.stream().filter(this::producedEnd).toList();
        CheckedCall before = null;
        for (CheckedCall call : producers) {
            findings.checked(Invariant.O1);
            if (before != null && offset(before) > offset(call)) {
                violated(Invariant.O1, call, "ran after the later turn " + before.in.request(), before);
            } else if (before != null && before.left != Long.MAX_VALUE && before.left > call.in.time()) {
                violated(Invariant.O1, call, "ran at the same time as " + before.in.request(), before);
            }
            before = call;
        }
        checkEarlierTurnsDone(calls, producers);
    }

    /**
     * Checks the agent calls that did not end a turn. Such a call must not begin before the agent call that ended the
     * previous turn has returned. Turns that no agent call ended are ignored.
     */
    private void checkEarlierTurnsDone(List<CheckedCall> calls, List<CheckedCall> producers) {
        TreeMap<Long, CheckedCall> byOffset = new TreeMap<>();
        producers.forEach(call -> byOffset.put(offset(call), call));
        for (CheckedCall call : calls) {
            Map.Entry<Long, CheckedCall> previous = byOffset.lowerEntry(offset(call));
            if (producedEnd(call) || previous == null) {
                continue;
            }
            long left = previous.getValue().left;
            if (left != Long.MAX_VALUE && left > call.in.time()) {
                String what = "began before the earlier turn "
                        + previous.getValue().in.request() + " was done";
                violated(Invariant.O1, call, what, previous.getValue());
            }
        }
    }

    /**
     * Checks that no two calls of a session overlapped in one process if both returned normally. No fault excuses such
     * an overlap.
     */
    private void checkOneProcess(List<CheckedCall> calls) {
        Map<String, CheckedCall> latest = new HashMap<>();
        for (CheckedCall call : calls) {
            if (call.outcome != OperationOutcome.OK && call.outcome != OperationOutcome.FAIL) {
                continue;
            }
            CheckedCall before = latest.put(call.in.process(), call);
            if (before != null && before.left > call.in.time() && !(producedEnd(before) && producedEnd(call))) {
                violated(
                        Invariant.O1,
                        call,
                        "ran at the same time as " + before.in.request() + " in one process",
                        before);
            }
        }
    }

    private void checkNoCallAfterEnd(CheckedCall call) {
        findings.checked(Invariant.O4);
        RequestEnd end = end(call);
        if (end == null || call.in.attempt() <= end.attempt() || mayHaveLostEnd(call)) {
            return;
        }
        boolean after = call.in.time() > end.timestamp() + SLACK_MICROS;
        findings.violated(
                after ? Invariant.O4 : Invariant.O5,
                call.in.session(),
                call.in.request(),
                after
                        ? "was passed to the agent again as attempt " + call.in.attempt() + " after its end"
                        : "was ended by attempt " + end.attempt() + " after attempt " + call.in.attempt()
                                + " had begun",
                call.where,
                end.where());
    }

    private boolean producedEnd(CheckedCall call) {
        RequestEnd end = end(call);
        return end != null && end.followsLogOrder() && !end.givenUp() && end.attempt() == call.in.attempt();
    }

    private boolean mayHaveLostEnd(CheckedCall call) {
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

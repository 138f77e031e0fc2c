package io.turnlane.gateway.operations.agents;

import io.turnlane.gateway.turns.deliver.AgentEnd;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.agent.WayBack;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Ends of a target's turns within the window of its route's way back. The window moves in steps of a twentieth.
 * Thread-safe.
 */
final class TargetWindow {

    /** Failures for which neither the agent nor its model is the reason. */
    private static final Set<String> NOT_OF_THE_AGENT = Set.of(
            ErrorCode.DEADLINE_EXCEEDED.wire(),
            ErrorCode.EXPIRED.wire(),
            ErrorCode.UNKNOWN_AGENT.wire(),
            ErrorCode.UNAVAILABLE.wire(),
            ErrorCode.UNREADABLE_RECORD.wire());

    private static final int STEPS = 20;

    /** Share of the turns that may take longer than the 95th percentile. */
    private static final double SLOW_SHARE = 0.05;

    private final WayBack rule;
    private final long stepMillis;
    private final Deque<WindowStep> steps = new ArrayDeque<>();

    /** Counts of one step. */
    private static final class WindowStep {
        private final long start;
        private int turns;
        private int failed;
        private int timed;
        private int slow;

        WindowStep(long start) {
            this.start = start;
        }
    }

    TargetWindow(WayBack rule) {
        this.rule = rule;
        this.stepMillis = Math.max(1, rule.window().toMillis() / STEPS);
    }

    /** Counts the end of a turn, unless it ended without an answer and the agent is not the reason. */
    synchronized void add(AgentEnd end) {
        String code = Objects.requireNonNullElse(end.errorCode(), "");
        boolean failed = end.type().equals(RequestStatus.FAILED.wire()) && !NOT_OF_THE_AGENT.contains(code);
        if (!failed && !end.type().equals(RequestStatus.COMPLETED.wire())) {
            return;
        }
        WindowStep step = stepAt(end.at());
        step.turns++;
        step.failed += failed ? 1 : 0;
        Duration runTime = end.runTime();
        if (runTime != null) {
            step.timed++;
            step.slow += rule.p95() != null && runTime.compareTo(rule.p95()) > 0 ? 1 : 0;
        }
    }

    /**
     * Returns the last step, or a new one if the time is after it. Events of other partitions can be a little older.
     */
    private WindowStep stepAt(long at) {
        long start = at - at % stepMillis;
        WindowStep last = steps.peekLast();
        if (last == null || last.start < start) {
            last = new WindowStep(start);
            steps.addLast(last);
        }
        return last;
    }

    /** Returns the reason for which the target must be taken out; empty if it keeps the limits. */
    synchronized Optional<String> violation(long now) {
        steps.removeIf(step -> step.start <= now - rule.window().toMillis());
        int turns = steps.stream().mapToInt(step -> step.turns).sum();
        int failed = steps.stream().mapToInt(step -> step.failed).sum();
        int timed = steps.stream().mapToInt(step -> step.timed).sum();
        int slow = steps.stream().mapToInt(step -> step.slow).sum();
        String window = plain(rule.window().toMillis() / 1e3);
        if (rule.errorRate() != null && turns >= rule.minTurns() && failed > rule.errorRate() * turns) {
            return Optional.of(failed + " of " + turns + " turns failed within " + window + " s, which is more than "
                    + plain(rule.errorRate() * 100) + " %");
        }
        if (rule.p95() != null && timed >= rule.minTurns() && slow > SLOW_SHARE * timed) {
            return Optional.of(slow + " of " + timed + " answers within " + window + " s took longer than "
                    + plain(rule.p95().toMillis() / 1e3) + " s, which is more than 5 %");
        }
        return Optional.empty();
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number)
                .round(new MathContext(6))
                .stripTrailingZeros()
                .toPlainString();
    }
}

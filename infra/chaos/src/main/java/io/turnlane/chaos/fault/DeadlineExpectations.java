package io.turnlane.chaos.fault;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Requirement that turns end when their deadlines pass, neither earlier nor much later. All times are those of the
 * driver's clock, because the clocks of the processes are wrong. Used only by the driver's thread.
 */
final class DeadlineExpectations {

    private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled", "superseded", "rejected");

    /** Time from a deadline until a client sees the end, on a busy machine. */
    private static final long LATE_MICROS = 3_000_000;

    /**
     * The same time if a fault was active while the turn was open. The processors may then have to restore the turn, or
     * to wait until the turn ahead of it has ended.
     */
    private static final long LATE_AFTER_FAULT_MICROS = 8_000_000;

    /** Tolerance between the clock of Redis and the driver's clock. */
    private static final long EARLY_MICROS = 300_000;

    private final Map<String, Duration> deadlines = new HashMap<>();

    private record FaultPeriod(long began, long healed) {}

    /** Times of one run. */
    private static final class ObservedTimes {
        private final Map<String, Long> posted = new HashMap<>();
        private final Map<String, String> canaries = new HashMap<>();
        private final Map<String, Long> accepted = new HashMap<>();
        private final Map<String, Long> ended = new HashMap<>();
        private final Map<String, HistoryLine.FaultBegan> open = new HashMap<>();
        private final List<FaultPeriod> faults = new ArrayList<>();

        void note(HistoryLine line) {
            switch (line) {
                case HistoryLine.QuestionPosted post -> posted.putIfAbsent(post.canary(), post.time());
                case HistoryLine.QuestionAccepted ok -> {
                    canaries.put(ok.request(), ok.canary());
                    accepted.putIfAbsent(ok.request(), ok.time());
                }
                case HistoryLine.EventReceived event
                when event.request() != null && ENDS.contains(event.event()) ->
                    ended.putIfAbsent(event.request(), event.time());
                case HistoryLine.StatusPolled poll
                when poll.status() != null && ENDS.contains(poll.status()) ->
                    ended.putIfAbsent(poll.request(), poll.time());
                case HistoryLine.FaultBegan fault -> open.put(fault.id(), fault);
                case HistoryLine.FaultHealed heal -> {
                    HistoryLine.FaultBegan fault = open.remove(heal.id());
                    if (fault != null && !fault.target().equals("clients")) {
                        faults.add(new FaultPeriod(fault.time(), heal.time()));
                    }
                }
                default -> {}
            }
        }

        /** Returns the latest heal of a fault that was active in this period; {@code from} if there was none. */
        long lastHeal(long from, long to) {
            return faults.stream()
                    .filter(fault -> fault.began() <= to && from <= fault.healed())
                    .mapToLong(FaultPeriod::healed)
                    .max()
                    .orElse(from);
        }
    }

    void expect(String request, Duration deadline) {
        deadlines.put(request, deadline);
    }

    /** Returns the turns that did not end in time, one sentence each. */
    List<String> unmet(RunFolder run) {
        if (deadlines.isEmpty()) {
            return List.of();
        }
        ObservedTimes times = new ObservedTimes();
        run.readHistory(line -> times.note(line.line()));
        List<String> unmet = new ArrayList<>();
        deadlines.forEach((request, deadline) -> {
            Long ended = times.ended.get(request);
            if (ended != null) { // the invariants cover turns without an end
                check(request, deadline, ended, times, unmet);
            }
        });
        return unmet;
    }

    private static void check(String request, Duration deadline, long ended, ObservedTimes times, List<String> unmet) {
        long micros = deadline.toNanos() / 1000;
        long accepted = times.accepted.getOrDefault(request, 0L);
        long posted = times.posted.getOrDefault(times.canaries.getOrDefault(request, ""), accepted);
        long latest = accepted + micros + LATE_MICROS;
        long healed = times.lastHeal(posted, latest);
        if (healed > posted) {
            latest = Math.max(accepted + micros, healed) + LATE_AFTER_FAULT_MICROS;
        }
        if (ended < posted + micros - EARLY_MICROS || ended > latest) {
            unmet.add("request %s with a deadline of %d ms ended %d ms after its post"
                    .formatted(request, deadline.toMillis(), (ended - posted) / 1000));
        }
    }
}

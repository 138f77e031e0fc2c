package io.turnlane.chaos.fault.expect;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.FaultWindow;
import io.turnlane.chaos.check.facts.RequestFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Requirement that turns end when their deadlines pass, neither earlier nor much later. All times are those of the
 * driver's clock, because the clocks of the processes are wrong. Used only by the driver's thread.
 */
final class DeadlineExpectations {

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

    void expect(String request, Duration deadline) {
        deadlines.put(request, deadline);
    }

    /** Returns the turns that did not end in time, one sentence each. */
    List<String> unmet(Facts run) {
        List<String> unmet = new ArrayList<>();
        deadlines.forEach((request, deadline) -> {
            RequestFacts facts = run.find(request);
            if (facts != null && facts.seenEndAt() != Long.MAX_VALUE) { // the invariants cover turns without an end
                check(facts, deadline, run, unmet);
            }
        });
        return unmet;
    }

    private static void check(RequestFacts request, Duration deadline, Facts run, List<String> unmet) {
        long micros = deadline.toNanos() / 1000;
        long accepted = request.accepted() == null ? 0 : request.accepted().time();
        long posted = run.activity().postedAt(String.valueOf(request.canary()), accepted);
        long latest = accepted + micros + LATE_MICROS;
        long healed = lastHeal(run, posted, latest);
        if (healed > posted) {
            latest = Math.max(accepted + micros, healed) + LATE_AFTER_FAULT_MICROS;
        }
        long ended = request.seenEndAt();
        if (ended < posted + micros - EARLY_MICROS || ended > latest) {
            unmet.add("request %s with a deadline of %d ms ended %d ms after its post"
                    .formatted(request.id(), deadline.toMillis(), (ended - posted) / 1000));
        }
    }

    /** Returns the latest heal of a fault that was active in this period; {@code from} if there was none. */
    private static long lastHeal(Facts run, long from, long to) {
        return run.faults().stream()
                .filter(fault -> fault.isHealed() && !fault.target().equals("clients") && fault.overlaps(from, to))
                .mapToLong(FaultWindow::healed)
                .max()
                .orElse(from);
    }
}

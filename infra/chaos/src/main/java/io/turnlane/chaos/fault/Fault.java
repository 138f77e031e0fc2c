package io.turnlane.chaos.fault;

import java.time.Duration;
import java.util.Locale;

/**
 * One step of a schedule.
 *
 * @param after pause after the previous step
 * @param target process, proxied connection or topic, as {@code processor-2}, {@code redis} or {@code turns}
 * @param hold duration of the fault
 * @param amount number of questions, records, replies or group members; 1 for other kinds
 */
public record Fault(Duration after, FaultKind kind, String target, Duration hold, int amount) {

    public Fault {
        if (after.isNegative() || hold.isNegative() || amount < 1) {
            throw new IllegalArgumentException("times must not be negative, and the amount must be at least 1");
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "+%.1f s %s %s%s%s",
                after.toMillis() / 1000.0,
                kind.word(),
                target,
                amount == 1 ? "" : " x" + amount,
                hold.isZero() ? "" : String.format(Locale.ROOT, " for %.1f s", hold.toMillis() / 1000.0));
    }
}

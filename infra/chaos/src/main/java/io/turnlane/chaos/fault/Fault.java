package io.turnlane.chaos.fault;

import java.time.Duration;
import java.util.Locale;

/**
 * One step of a schedule.
 *
 * @param after pause since the step before
 * @param target as {@code processor-2}, {@code redis}, or {@code clients}
 * @param hold how long it lasts before it is healed
 * @param amount how many, where the kind counts something; else 1
 */
public record Fault(Duration after, FaultKind kind, String target, Duration hold, int amount) {

    public Fault {
        if (after.isNegative() || hold.isNegative() || amount < 1) {
            throw new IllegalArgumentException("a fault has no negative times, and an amount of at least one");
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

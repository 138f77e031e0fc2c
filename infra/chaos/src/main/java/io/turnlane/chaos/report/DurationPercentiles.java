package io.turnlane.chaos.report;

import java.util.Collection;
import java.util.Locale;

/**
 * Percentiles of durations, in seconds, by nearest rank.
 *
 * @param count number of durations; the other values are 0 if there are none
 */
public record DurationPercentiles(int count, double p50, double p99, double max) {

    /** Computes the percentiles of durations in microseconds. */
    public static DurationPercentiles ofMicros(Collection<Long> micros) {
        long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted.length == 0
                ? new DurationPercentiles(0, 0, 0, 0)
                : new DurationPercentiles(sorted.length, rank(sorted, 0.5), rank(sorted, 0.99), rank(sorted, 1));
    }

    private static double rank(long[] sorted, double share) {
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)] / 1e6;
    }

    /** Returns p50, p99 and maximum, as {@code 0.2 / 3.1 / 4.0 s}. */
    @Override
    public String toString() {
        return count == 0 ? "–" : String.format(Locale.ROOT, "%.1f / %.1f / %.1f s", p50, p99, max);
    }
}

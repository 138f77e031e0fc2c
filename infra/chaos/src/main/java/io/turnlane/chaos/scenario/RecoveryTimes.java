package io.turnlane.chaos.scenario;

import java.util.Collection;
import java.util.Locale;

/**
 * Percentiles of recovery times, in seconds, by nearest rank.
 *
 * @param count number of times; the other values are 0 if there are none
 */
public record RecoveryTimes(int count, double p50, double p99, double max) {

    /** Computes the percentiles of times in microseconds. */
    static RecoveryTimes ofMicros(Collection<Long> micros) {
        long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted.length == 0
                ? new RecoveryTimes(0, 0, 0, 0)
                : new RecoveryTimes(sorted.length, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(long[] sorted, double share) {
        int index = (int) Math.ceil(share * sorted.length) - 1;
        return sorted[Math.clamp(index, 0, sorted.length - 1)] / 1e6;
    }

    @Override
    public String toString() {
        return count == 0 ? "-" : String.format(Locale.ROOT, "%.1f/%.1f/%.1f s", p50, p99, max);
    }
}

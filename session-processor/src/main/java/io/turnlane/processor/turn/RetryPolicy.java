package io.turnlane.processor.turn;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often an agent may fail at a turn, and how long to wait between: {@code first}, doubling, at most {@code most},
 * each time cut by up to half at random, so that what failed together doesn't return together.
 *
 * @param maxFailures after so many the turn has failed for good
 */
public record RetryPolicy(int maxFailures, Duration firstDelay, Duration maxDelay) {

    public RetryPolicy {
        if (maxFailures < 1 || !firstDelay.isPositive() || maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException("retries: at least one failure, and 0 < first <= most");
        }
    }

    /** Whether a turn that failed this often, the last time included, has failed for good. */
    public boolean isExhausted(int failed) {
        return failed >= maxFailures;
    }

    /** How long to wait after this many failures, the last one included. */
    public Duration backOff(int failed, RandomGenerator random) {
        long full = firstDelay.toMillis() << Math.min(failed - 1, 20);
        long capped = Math.min(full, maxDelay.toMillis());
        return Duration.ofMillis(capped / 2 + random.nextLong(capped / 2 + 1));
    }
}

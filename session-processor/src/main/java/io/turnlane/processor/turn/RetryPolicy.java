package io.turnlane.processor.turn;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Maximum number of failures of a turn, and the delays between its attempts. The delay starts at {@code firstDelay} and
 * doubles up to {@code maxDelay}. Each delay is shortened at random by up to half, so that turns that failed at the
 * same time are not retried at the same time.
 *
 * @param maxFailures number of failures after which the turn has failed permanently
 */
public record RetryPolicy(int maxFailures, Duration firstDelay, Duration maxDelay) {

    public RetryPolicy {
        if (maxFailures < 1 || !firstDelay.isPositive() || maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException("a retry policy needs maxFailures >= 1 and 0 < firstDelay <= maxDelay");
        }
    }

    /** Returns true if a turn with this number of failures has failed permanently. */
    public boolean isExhausted(int failureCount) {
        return failureCount >= maxFailures;
    }

    /** Returns the delay before the next attempt of a turn with this number of failures. */
    public Duration backOff(int failureCount, RandomGenerator random) {
        long full = firstDelay.toMillis() << Math.min(failureCount - 1, 20);
        long capped = Math.min(full, maxDelay.toMillis());
        return Duration.ofMillis(capped / 2 + random.nextLong(capped / 2 + 1));
    }
}

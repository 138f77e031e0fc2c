package io.turnlane.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Delays between attempts of a call, which double with each attempt. A random part (jitter) prevents clients from
 * retrying at the same time. Not thread-safe.
 */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final Duration patience;
    private long startNanos;
    private int attempts;

    /**
     * @param patience time since the last success after which no further attempt is made; the time for which a gateway
     *     served the call does not count
     */
    Backoff(Duration patience) {
        this.patience = patience;
        succeeded();
    }

    /** Resets the delay and the time since the last success. */
    void succeeded() {
        startNanos = System.nanoTime();
        attempts = 0;
    }

    /** Excludes the time for which a gateway has just served the call from the patience. Keeps the delay. */
    void exclude(Duration served) {
        startNanos += Math.min(served.toNanos(), System.nanoTime() - startNanos);
    }

    /**
     * Waits before the next attempt.
     *
     * @param retryAfter delay that the server asked for
     * @return true after the delay; false without a delay if the patience would end before the next attempt
     */
    boolean pause(Optional<Duration> retryAfter) throws InterruptedException {
        long millis = delay(retryAfter).toMillis();
        if (System.nanoTime() - startNanos + Duration.ofMillis(millis).toNanos() > patience.toNanos()) {
            return false;
        }
        Thread.sleep(millis);
        return true;
    }

    /** Returns the delay before the next attempt, which is at least {@code retryAfter}. */
    Duration delay(Optional<Duration> retryAfter) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Duration own = FIRST.multipliedBy(1L << Math.min(attempts++, 10));
        Duration capped = own.compareTo(LONGEST) < 0 ? own : LONGEST;
        double millis = capped.toMillis() * random.nextDouble(0.8, 1.2);
        double requested = retryAfter.orElse(Duration.ZERO).toMillis() * random.nextDouble(1.0, 1.2);
        return Duration.ofMillis((long) Math.max(millis, requested));
    }
}

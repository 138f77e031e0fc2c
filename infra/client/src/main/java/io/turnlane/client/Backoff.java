package io.turnlane.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The waits between tries: doubling, with jitter so that a thousand clients don't return at once. For one thread. */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final Duration patience;
    private long begun;
    private int tries;

    /** @param patience how long is tried in vain before it is given up */
    Backoff(Duration patience) {
        this.patience = patience;
        succeeded();
    }

    /** The next failure is the first again. */
    void succeeded() {
        begun = System.nanoTime();
        tries = 0;
    }

    /**
     * Waits before the next try.
     *
     * @param asked how long the other side wishes to be left alone
     * @return false, at once, where patience would be over before the next try
     */
    boolean pause(Optional<Duration> asked) throws InterruptedException {
        long millis = delay(asked).toMillis();
        if (System.nanoTime() - begun + Duration.ofMillis(millis).toNanos() > patience.toNanos()) {
            return false;
        }
        Thread.sleep(millis);
        return true;
    }

    /** The wait before the next try: jitter never makes it shorter than the other side wishes. */
    Duration delay(Optional<Duration> asked) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Duration own = FIRST.multipliedBy(1L << Math.min(tries++, 10));
        Duration capped = own.compareTo(LONGEST) < 0 ? own : LONGEST;
        double millis = capped.toMillis() * random.nextDouble(0.8, 1.2);
        double wished = asked.orElse(Duration.ZERO).toMillis() * random.nextDouble(1.0, 1.2);
        return Duration.ofMillis((long) Math.max(millis, wished));
    }
}

package io.turnlane.chaos.load;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The one clock of a run: microseconds since it began.
 *
 * @param originNanos {@link System#nanoTime} at the beginning
 * @param originEpochMicros the wall clock then, to place what others timed by it
 */
public record RunClock(long originNanos, long originEpochMicros) {

    /** A run that begins now. */
    public static RunClock start() {
        return new RunClock(System.nanoTime(), ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
    }

    public long now() {
        return (System.nanoTime() - originNanos) / 1000;
    }

    /** What the wall clock's time is on this one; negative before the run. */
    public long ofEpochMicros(long epochMicros) {
        return epochMicros - originEpochMicros;
    }
}

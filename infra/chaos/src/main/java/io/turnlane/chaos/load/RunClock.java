package io.turnlane.chaos.load;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Clock of a run: microseconds since the run began.
 *
 * @param originNanos {@link System#nanoTime} at the beginning
 * @param originEpochMicros wall-clock time at the beginning, to convert times of other processes
 */
public record RunClock(long originNanos, long originEpochMicros) {

    /** Creates the clock of a run that begins now. */
    public static RunClock start() {
        return new RunClock(System.nanoTime(), ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
    }

    public long now() {
        return (System.nanoTime() - originNanos) / 1000;
    }

    /** Converts a wall-clock time to this clock; the result is negative for times before the run. */
    public long ofEpochMicros(long epochMicros) {
        return epochMicros - originEpochMicros;
    }
}

package io.turnlane.processor.agent.http;

import java.time.Duration;

/**
 * Time at which an operation ends.
 *
 * @param nanoTime value of {@link System#nanoTime} at this time
 */
public record Deadline(long nanoTime) {

    /** Returns the deadline after this duration from now. */
    public static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** Returns the nanoseconds until the deadline; negative if it has passed. */
    public long nanosLeft() {
        return nanoTime - System.nanoTime();
    }

    /** Returns the earlier one of two deadlines. */
    public Deadline orEarlier(Deadline other) {
        return nanoTime - other.nanoTime <= 0 ? this : other;
    }
}

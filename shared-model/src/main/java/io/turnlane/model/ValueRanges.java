package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Allowed ranges of times, durations and counts in values from outside, such as imported documents. Values in these
 * ranges cause no overflow when they are converted to milliseconds, added up, or passed to Lua scripts. JSON readers
 * apply the ranges of times and durations to every record.
 */
public final class ValueRanges {

    /** Earliest time. */
    public static final Instant EARLIEST = Instant.EPOCH;

    /** Latest time: the last that RFC 3339 can express. */
    public static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    /** Longest duration: about a hundred years. */
    public static final Duration LONGEST = Duration.ofDays(36_525);

    /**
     * Longest processing time of one turn. Turns normally end within an hour. They take longer only while Redis or
     * Kafka is unavailable, and the limit is high enough for long outages.
     */
    public static final Duration LONGEST_TURN = Duration.ofDays(30);

    /** Largest count. */
    public static final long MOST = 1_000_000_000_000L;

    private ValueRanges() {}

    /**
     * Returns the time.
     *
     * @throws IllegalArgumentException if it is not between {@link #EARLIEST} and {@link #LATEST}
     */
    public static Instant checkTime(Instant time) {
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw new IllegalArgumentException("a time must be in the years 1970 to 9999");
        }
        return time;
    }

    /**
     * Returns the duration.
     *
     * @param name JSON name of the value
     * @throws IllegalArgumentException if it is negative or longer than {@code longest}
     */
    public static Duration checkDuration(String name, Duration duration, Duration longest) {
        Objects.requireNonNull(duration, name);
        if (duration.isNegative() || duration.compareTo(longest) > 0) {
            throw new IllegalArgumentException(name + " must be from 0 to " + longest.toSeconds() + " seconds");
        }
        return duration;
    }

    /** Returns the duration, limited to the range from 0 to {@code longest}. */
    public static Duration clamp(Duration duration, Duration longest) {
        Duration atLeast = duration.isNegative() ? Duration.ZERO : duration;
        return atLeast.compareTo(longest) > 0 ? longest : atLeast;
    }

    /**
     * Returns the count.
     *
     * @param name JSON name of the value
     * @throws IllegalArgumentException if it is negative or more than {@link #MOST}
     */
    public static long checkCount(String name, long count) {
        if (count < 0 || count > MOST) {
            throw new IllegalArgumentException(name + " must be from 0 to " + MOST);
        }
        return count;
    }
}

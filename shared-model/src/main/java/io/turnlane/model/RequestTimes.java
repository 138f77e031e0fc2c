package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;

/**
 * Times of a completed turn, as its request record contains them. The terminal event carries them in a header, so that
 * a gateway can return the finished request without reading the record.
 *
 * @param begunAt time at which the first attempt began
 * @param startedAt time at which the last attempt began
 * @param finishedAt time at which the answer was stored
 */
public record RequestTimes(Instant begunAt, Instant startedAt, Instant finishedAt) {

    /** Returns the value of the header {@link RecordHeaders#TIMES}: the three times in epoch milliseconds. */
    public String toHeader() {
        return begunAt.toEpochMilli() + " " + startedAt.toEpochMilli() + " " + finishedAt.toEpochMilli();
    }

    /**
     * Reads the value of the header {@link RecordHeaders#TIMES}.
     *
     * @throws IllegalArgumentException if {@link #toHeader} did not write the text
     */
    public static RequestTimes ofHeader(String text) {
        String[] times = text.split(" ", -1);
        if (times.length != 3) {
            throw new IllegalArgumentException("the header " + RecordHeaders.TIMES + " must contain three times");
        }
        return new RequestTimes(time(times[0]), time(times[1]), time(times[2]));
    }

    private static Instant time(String millis) {
        return ValueRanges.checkTime(Instant.ofEpochMilli(Long.parseLong(millis)));
    }

    /**
     * Returns the time from acceptance to the end; zero if the clocks of two machines differ by more than this time.
     */
    public Duration processingTime(Instant createdAt) {
        return elapsed(createdAt, finishedAt);
    }

    /** Returns the time from acceptance until the first attempt began; at most {@link #processingTime}. */
    public Duration queuedTime(Instant createdAt) {
        return elapsed(createdAt, begunAt.isAfter(finishedAt) ? finishedAt : begunAt);
    }

    private static Duration elapsed(Instant createdAt, Instant at) {
        return at.isBefore(createdAt) ? Duration.ZERO : Duration.between(createdAt, at);
    }
}

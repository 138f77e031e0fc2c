package io.turnlane.bench.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * Result of one load on one subject. Latencies are in microseconds.
 *
 * @param answered number of requests with a correct answer
 * @param failed number of requests with another status than 200, a broken connection, or no answer in time
 * @param mixed number of answers that belong to another question
 * @param time time from the first request to the last answer
 * @param latency time to the complete answer
 * @param firstPiece time to the first piece of a streamed answer; empty if the answers are not streamed
 */
public record LoadResult(
        long answered, long failed, long mixed, Duration time, Histogram latency, Histogram firstPiece) {

    private static final int DIGITS = 3;
    private static final long LONGEST_MICROS = Duration.ofMinutes(10).toNanos() / 1000;

    /** Returns an empty histogram of microseconds with an error of at most 0.1 %. */
    public static Histogram newHistogram() {
        return new Histogram(LONGEST_MICROS, DIGITS);
    }

    /** Records a time, limited to the range of the histogram. */
    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.clamp(nanos / 1000, 1, LONGEST_MICROS));
    }

    /** Returns correct answers per second. */
    public double perSecond() {
        return answered / (time.toNanos() / 1e9);
    }

    /** Returns the latency in milliseconds below which the given percentage of the answers is. */
    public double percentileMillis(double percentage) {
        return latency.getValueAtPercentile(percentage) / 1000.0;
    }

    /** Returns the number of requests that did not end with a correct answer. */
    public long wrong() {
        return failed + mixed;
    }
}

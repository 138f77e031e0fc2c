package io.turnlane.processor.intake;

import java.time.Duration;
import java.time.Instant;

/**
 * State of a poll thread after its latest poll.
 *
 * @param at time of the latest poll; health checks use it to detect a stuck poll thread
 * @param partitions number of partitions held
 * @param open number of turns that were read and have not ended
 * @param lag number of records of the held partitions that have not been polled yet; at most 100 ms older than the
 *     other values
 * @param oldestAge age of the oldest open turn; as old as the lag
 * @param stalled time for which the open turns have reached a bound without any turn ending; zero if no bound is
 *     reached
 * @param frontierStill longest time for which the frontier of a held partition has not moved although records of this
 *     partition have not been polled yet; zero if there are no such records; as old as the lag
 */
public record IntakeStatistics(
        Instant at, int partitions, int open, long lag, Duration oldestAge, Duration stalled, Duration frontierStill) {

    /** Returns the state of a poll thread that holds no partition. */
    static IntakeStatistics empty(Instant now) {
        return new IntakeStatistics(now, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }
}

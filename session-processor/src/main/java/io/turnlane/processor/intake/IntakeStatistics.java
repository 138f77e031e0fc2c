package io.turnlane.processor.intake;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * State of a poll thread after its latest poll.
 *
 * @param at time of the latest poll; health checks use it to detect a stuck poll thread
 * @param topicPartitions number of partitions of the topic; 0 if no partition was held yet
 * @param held partitions that are held; their states are at most 100 ms older than the other values
 * @param open number of turns that were read and have not ended
 * @param stalled time for which the open turns have reached a bound without any turn ending; zero if no bound is
 *     reached
 */
public record IntakeStatistics(Instant at, int topicPartitions, List<PartitionState> held, int open, Duration stalled) {

    public IntakeStatistics {
        held = List.copyOf(held);
    }

    /** Returns the state of a poll thread that holds no partition. */
    static IntakeStatistics empty(Instant now) {
        return new IntakeStatistics(now, 0, List.of(), 0, Duration.ZERO);
    }

    /** Returns the number of held partitions. */
    public int partitions() {
        return held.size();
    }

    /** Returns the number of records of the held partitions that have not been polled yet. */
    public long lag() {
        return held.stream().mapToLong(PartitionState::lag).sum();
    }

    /** Returns the age of the oldest open turn. */
    public Duration oldestAge() {
        return held.stream()
                .map(PartitionState::oldestAge)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /**
     * Returns the longest time for which the frontier of a held partition has not moved although records of this
     * partition have not been polled yet; zero if there are no such records.
     */
    public Duration frontierStill() {
        return held.stream()
                .map(PartitionState::frontierStill)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }
}

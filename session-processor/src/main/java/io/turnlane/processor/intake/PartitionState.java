package io.turnlane.processor.intake;

import java.time.Duration;

/**
 * State of a held partition.
 *
 * @param frontier offset that may be committed
 * @param position offset after the last delivered record
 * @param open number of delivered records that are not complete
 * @param lag number of records that have not been polled yet
 * @param oldestAge age of the oldest open record, counted from its delivery; zero if no record is open
 * @param frontierStill time for which the frontier has not moved although records have not been polled yet; zero if
 *     there are no such records
 */
public record PartitionState(
        int partition, long frontier, long position, int open, long lag, Duration oldestAge, Duration frontierStill) {}

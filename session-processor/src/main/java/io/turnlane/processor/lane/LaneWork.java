package io.turnlane.processor.lane;

/**
 * Work that a lane does on the item at its head. Runs on a thread of the scheduler's executor, one item at a time for
 * each key.
 */
@FunctionalInterface
public interface LaneWork<K, T> {

    /**
     * Works on the item. If this method throws, the scheduler passes the exception to its failure listener and
     * continues as if the outcome were {@link LaneOutcome.Done}.
     */
    LaneOutcome run(K key, T item);
}

package io.turnlane.processor.lane;

/**
 * What a lane does with the item at its head. Runs on a thread of the scheduler's executor, one at a time for each key.
 */
@FunctionalInterface
public interface LaneWork<K, T> {

    /**
     * Works on the item; a thrown exception counts as {@link LaneOutcome.Done}, and is told to the failure listener.
     */
    LaneOutcome run(K key, T item);
}

package io.turnlane.processor.lane;

/**
 * Work that a lane does on the item at its head. Runs on a thread of the scheduler's executor, one item at a time for
 * each key.
 */
@FunctionalInterface
public interface LaneWork<K, T> {

    /**
     * Works on the item and returns the outcome. If this method throws an exception, the scheduler passes it to the
     * failure listener, and the item leaves its lane.
     */
    LaneOutcome run(K key, T item);
}

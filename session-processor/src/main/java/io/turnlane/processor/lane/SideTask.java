package io.turnlane.processor.lane;

import java.util.Collection;
import java.util.List;

/**
 * What is done with an item that waits, out of its turn; it keeps its place meanwhile. Runs on a thread of the
 * scheduler's executor, one at a time for each key, beside the item that runs.
 */
@FunctionalInterface
public interface SideTask<T> {

    /**
     * Works on the item.
     *
     * @param ahead the items of its key that are ahead of it now, in order, with the one that runs
     * @return the items of this key that are over: those that still wait leave the lane
     */
    Collection<T> run(T item, List<T> ahead);
}

package io.turnlane.processor.lane;

import java.util.Collection;
import java.util.List;

/**
 * Work on a waiting item outside the order of its lane. The item keeps its position meanwhile. A side task may run
 * while the lane's head runs. The side tasks of one key run one at a time, each on a thread of the scheduler's
 * executor.
 */
@FunctionalInterface
public interface SideTask<T> {

    /**
     * Works on the item.
     *
     * @param item the waiting item
     * @param ahead the items of the same key that are ahead of it now, in order, including a running one
     * @return the items of this key that have ended; those that still wait leave the lane
     */
    Collection<T> run(T item, List<T> ahead);
}

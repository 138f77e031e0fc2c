package io.turnlane.processor.lane;

import java.util.Collection;
import java.util.List;

/**
 * Work on a waiting item outside the order of its lane, for example to cancel a turn that has not begun. The item keeps
 * its position. A side task can run while the lane's head is running. The side tasks of one key run one at a time, each
 * on a thread of the scheduler's executor.
 */
@FunctionalInterface
public interface SideTask<T> {

    /**
     * Works on the item.
     *
     * @param ahead the items that are ahead of the waiting item in its lane now, in order; includes the head if it is
     *     running
     * @return the items of this key that have ended; the scheduler removes them from the lane
     */
    Collection<T> run(T item, List<T> ahead);
}

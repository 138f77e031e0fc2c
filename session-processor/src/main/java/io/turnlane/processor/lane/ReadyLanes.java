package io.turnlane.processor.lane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Queue of the lanes that wait for a slot, by priority. Lanes of one priority leave in order of arrival.
 *
 * <p>Between priorities this class uses stride scheduling (Waldspurger and Weihl, MIT 1995). Each priority has a
 * constant, its stride, and a counter, its pass. When a lane of a priority leaves, the pass grows by the stride. The
 * next lane comes from the priority with the smallest pass. If two passes are equal, it comes from the higher priority.
 * If lanes of all three priorities wait, 9 of 13 lanes that leave are of high priority, 3 of normal and 1 of low. If
 * only lanes of one priority wait, they get all slots.
 *
 * <p>No priority starves. While the first lane of a priority waits, the pass of this priority stays constant. Each lane
 * of another priority that leaves increases its own priority's pass, which soon exceeds the constant one. The waiting
 * lane then leaves.
 *
 * <p>Not thread-safe: every call is made under the {@linkplain LaneScheduler scheduler's} lock.
 */
final class ReadyLanes<L> {

    /**
     * Strides of high, normal and low priority. The smaller the stride, the more often lanes of that priority leave.
     */
    static final int[] STRIDES = {1, 3, 9};

    /** Number of priorities: 0 is high, 1 normal, 2 low. */
    static final int PRIORITIES = STRIDES.length;

    private final List<Queue<L>> waiting = new ArrayList<>();
    private final long[] passes = new long[STRIDES.length];
    private long currentPass;

    ReadyLanes() {
        for (int i = 0; i < STRIDES.length; i++) {
            waiting.add(new ArrayDeque<>());
        }
    }

    /**
     * Adds the lane behind the waiting lanes of the same priority.
     *
     * @param priority 0 (high) to 2 (low)
     */
    void add(L lane, int priority) {
        Queue<L> same = waiting.get(priority);
        if (same.isEmpty()) {
            // A priority must not collect an advantage while none of its lanes waits.
            passes[priority] = Math.max(passes[priority], currentPass);
        }
        same.add(lane);
    }

    /** Removes and returns the next lane, or returns null if none waits. */
    @Nullable
    L poll() {
        int next = -1;
        for (int priority = 0; priority < STRIDES.length; priority++) {
            if (!waiting.get(priority).isEmpty() && (next < 0 || passes[priority] < passes[next])) {
                next = priority;
            }
        }
        if (next < 0) {
            return null;
        }
        currentPass = passes[next];
        passes[next] += STRIDES[next];
        return waiting.get(next).remove();
    }

    /** Removes the lane from the queue. Does nothing if it is not in the queue. */
    void remove(L lane) {
        waiting.forEach(same -> same.remove(lane));
    }

    int size() {
        return waiting.stream().mapToInt(Queue::size).sum();
    }
}

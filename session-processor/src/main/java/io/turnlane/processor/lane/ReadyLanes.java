package io.turnlane.processor.lane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a place to run, by urgency, and whose place the next one is.
 *
 * <p>Stride scheduling (Waldspurger and Weihl, MIT 1995): each urgency has a pass that grows by its stride when one of
 * it goes; the smallest pass goes next, the more urgent one where two are the same. While all three wait, of 13 that go
 * 9 are urgent, 3 usual and 1 is not; who waits alone has all places. Nobody starves: whoever is first of its urgency
 * sees at most {@link #maxBefore} others go, for those can only go while their pass is no larger than its own.
 *
 * <p>Not safe for threads: every call is made under the {@linkplain LaneScheduler scheduler's} lock.
 */
final class ReadyLanes<L> {

    /** Of the most urgent first; the smaller, the more often. */
    private static final int[] STRIDES = {1, 3, 9};

    /** Urgencies are below this. */
    static final int PRIORITIES = STRIDES.length;

    private final List<Queue<L>> waiting = new ArrayList<>();
    private final long[] passes = new long[STRIDES.length];
    private long now;

    ReadyLanes() {
        for (int i = 0; i < STRIDES.length; i++) {
            waiting.add(new ArrayDeque<>());
        }
    }

    /**
     * Puts it behind the others of its urgency.
     *
     * @param urgency from 0, the most urgent, to 2
     */
    void add(L lane, int urgency) {
        Queue<L> same = waiting.get(urgency);
        if (same.isEmpty()) {
            passes[urgency] = Math.max(passes[urgency], now); // who wasn't here saved nothing up
        }
        same.add(lane);
    }

    /** Whoever goes next; null where nobody waits. */
    @Nullable
    L poll() {
        int next = -1;
        for (int urgency = 0; urgency < STRIDES.length; urgency++) {
            if (!waiting.get(urgency).isEmpty() && (next < 0 || passes[urgency] < passes[next])) {
                next = urgency;
            }
        }
        if (next < 0) {
            return null;
        }
        now = passes[next];
        passes[next] += STRIDES[next];
        return waiting.get(next).remove();
    }

    /** It goes nowhere; does nothing where it isn't here. */
    void remove(L lane) {
        waiting.forEach(same -> same.remove(lane));
    }

    int size() {
        return waiting.stream().mapToInt(Queue::size).sum();
    }

    /** How many others may go before whoever is first of this urgency. */
    static int maxBefore(int urgency) {
        int most = 0;
        for (int other = 0; other < STRIDES.length; other++) {
            most += other == urgency ? 0 : STRIDES[urgency] / STRIDES[other] + 1;
        }
        return most;
    }
}

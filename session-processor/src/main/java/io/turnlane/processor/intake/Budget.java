package io.turnlane.processor.intake;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds on the open turns that a processor holds (promise O7 in docs/guarantees.md). There are three bounds: the
 * number of turns whose record is in the heap (buffered, running or waiting for a retry), the bytes of these records,
 * and the number of unloaded turns. Of an unloaded turn, only the log position is in the heap. If one bound is reached,
 * all partitions pause. They resume when all three values are below 80 % of their bounds.
 *
 * <p>The poll thread asks the budget after every poll and every assignment if partitions must pause. Apart from the
 * counts, the only state is a flag that implements the 80 % threshold.
 *
 * <p>Threading: the poll thread adds records and calls {@link #isExhausted}. Any thread may call the other methods.
 */
final class Budget {

    private final int maxTurns;
    private final long maxBytes;
    private final int maxUnloaded;
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger unloaded = new AtomicInteger();
    private final AtomicLong ended = new AtomicLong();
    private boolean exhausted;

    /**
     * Creates a budget. A poll cannot be cut short, so the records of one poll may exceed these bounds.
     *
     * @param maxTurns maximum number of turns whose record is in the heap
     * @param maxBytes maximum total size of these records, in bytes
     * @param maxUnloaded maximum number of unloaded turns
     */
    Budget(int maxTurns, long maxBytes, int maxUnloaded) {
        this.maxTurns = maxTurns;
        this.maxBytes = maxBytes;
        this.maxUnloaded = maxUnloaded;
    }

    void add(int size) {
        turns.incrementAndGet();
        bytes.addAndGet(size);
    }

    void remove(int size) {
        turns.decrementAndGet();
        bytes.addAndGet(-size);
    }

    /** Counts a turn that no longer belongs to this processor's open turns. */
    void countEnded() {
        ended.incrementAndGet();
    }

    /**
     * Returns the number of turns that have ended or left. While this number increases, the processor makes progress.
     */
    long endedCount() {
        return ended.get();
    }

    void addUnloaded() {
        unloaded.incrementAndGet();
    }

    void removeUnloaded() {
        unloaded.decrementAndGet();
    }

    /** Returns true if partitions must pause. Only the poll thread may call this method. */
    boolean isExhausted() {
        double share = Math.max(recordShare(), share(unloaded.get(), maxUnloaded));
        exhausted = share >= (exhausted ? 0.8 : 1.0);
        return exhausted;
    }

    /** Returns true if there is no room for another record in the heap. */
    boolean isFull() {
        return recordShare() >= 1.0;
    }

    private double recordShare() {
        return Math.max(share(turns.get(), maxTurns), share(bytes.get(), maxBytes));
    }

    private static double share(long used, long bound) {
        return (double) used / bound;
    }

    /** Returns the number of open turns, including unloaded ones. */
    int openTurns() {
        return turns.get() + unloaded.get();
    }
}

package io.turnlane.processor.intake;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds on the open turns that a processor holds (promise O7 in docs/guarantees.md). There are three bounds: the
 * number of turns whose record is in the heap (buffered, running or waiting for a retry), the bytes of these records,
 * and the number of unloaded turns. For an unloaded turn, the heap contains only its log position. If one bound is
 * reached, the processor stops reading turns. It reads again when all three values are below 80 % of their bounds.
 *
 * <p>Threading: only the poll thread calls {@link #isExhausted} and {@link #pollTime}. Any thread may call the other
 * methods.
 */
final class Budget {

    private static final Duration EXHAUSTED_POLL_TIME = Duration.ofMillis(10);

    private final int maxTurns;
    private final long maxBytes;
    private final int maxUnloaded;
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger unloaded = new AtomicInteger();
    private final AtomicLong ended = new AtomicLong();
    private boolean exhausted;

    /**
     * Creates a budget. All records of a poll are accepted, so a poll can exceed the bounds.
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

    /** Counts a turn that has ended or has left this processor. */
    void countEnded() {
        ended.incrementAndGet();
    }

    /** Returns the number of turns that have ended or have left this processor. */
    long endedCount() {
        return ended.get();
    }

    void addUnloaded() {
        unloaded.incrementAndGet();
    }

    void removeUnloaded() {
        unloaded.decrementAndGet();
    }

    /** Returns true if the processor must not read further turns. */
    boolean isExhausted() {
        double share = Math.max(recordShare(), share(unloaded.get(), maxUnloaded));
        exhausted = share >= (exhausted ? 0.8 : 1.0);
        return exhausted;
    }

    /**
     * Returns the time that the next poll waits for records. It is short while the budget is exhausted, because turns
     * can end at any time and make room.
     *
     * @param ordinary time that a poll waits otherwise
     */
    Duration pollTime(Duration ordinary) {
        return exhausted && ordinary.compareTo(EXHAUSTED_POLL_TIME) > 0 ? EXHAUSTED_POLL_TIME : ordinary;
    }

    /**
     * Returns the number of records in the heap up to which a partition is read although other partitions wait. Half of
     * the bound is divided among the partitions, because a poll can exceed a partition's share.
     *
     * @param partitions number of partitions that the processor holds
     */
    int partitionShare(int partitions) {
        return Math.max(1, maxTurns / 2 / Math.max(1, partitions));
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

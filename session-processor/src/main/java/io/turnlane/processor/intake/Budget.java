package io.turnlane.processor.intake;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many turns, and how many bytes of them, this processor holds: buffered, running and waiting for a retry together
 * (O7). When it is spent, partitions pause; they go on when a fifth of it is free again.
 *
 * <p>The pause set is computed from this after every poll and every assignment; whether one pauses is remembered only
 * to give the hysteresis.
 *
 * <p>Threading: the poll thread takes and asks; any thread gives back.
 */
final class Budget {

    private final int mostTurns;
    private final long mostBytes;
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private boolean spent;

    /** @param mostTurns what the next poll may bring must be left out: a poll can't be cut short */
    Budget(int mostTurns, long mostBytes) {
        this.mostTurns = mostTurns;
        this.mostBytes = mostBytes;
    }

    void take(int size) {
        turns.incrementAndGet();
        bytes.addAndGet(size);
    }

    void giveBack(int size) {
        turns.decrementAndGet();
        bytes.addAndGet(-size);
    }

    /** Whether partitions must pause. Called by the poll thread only. */
    boolean spent() {
        double share = Math.max((double) turns.get() / mostTurns, (double) bytes.get() / mostBytes);
        spent = share >= (spent ? 0.8 : 1.0);
        return spent;
    }

    int turns() {
        return turns.get();
    }
}

package io.turnlane.processor.intake;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many turns, and how many bytes of them, this processor holds: buffered, running and waiting for a retry together
 * (O7); and of how many more, in deep lanes, it holds the place in the log. When any is spent, partitions pause; they
 * go on when a fifth of it is free again.
 *
 * <p>The pause set is computed from this after every poll and every assignment; whether one pauses is remembered only
 * to give the hysteresis.
 *
 * <p>Threading: the poll thread takes and asks; any thread gives back.
 */
final class Budget {

    private final int mostTurns;
    private final long mostBytes;
    private final int mostPlaces;
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger places = new AtomicInteger();
    private boolean isExhausted;

    /** What the next poll may bring comes on top of these: a poll can't be cut short. */
    Budget(int mostTurns, long mostBytes, int mostPlaces) {
        this.mostTurns = mostTurns;
        this.mostBytes = mostBytes;
        this.mostPlaces = mostPlaces;
    }

    void add(int size) {
        turns.incrementAndGet();
        bytes.addAndGet(size);
    }

    void remove(int size) {
        turns.decrementAndGet();
        bytes.addAndGet(-size);
    }

    void addUnloaded() {
        places.incrementAndGet();
    }

    void removeUnloaded() {
        places.decrementAndGet();
    }

    /** Whether partitions must pause. Called by the poll thread only. */
    boolean isExhausted() {
        double share = Math.max(ofRecords(), share(places.get(), mostPlaces));
        isExhausted = share >= (isExhausted ? 0.8 : 1.0);
        return isExhausted;
    }

    /** Whether there is room for no more whole records. Any thread may ask. */
    boolean isFull() {
        return ofRecords() >= 1.0;
    }

    private double ofRecords() {
        return Math.max(share(turns.get(), mostTurns), share(bytes.get(), mostBytes));
    }

    private static double share(long used, long most) {
        return (double) used / most;
    }

    /** Turns held, with those of which only the place is. */
    int openTurns() {
        return turns.get() + places.get();
    }
}

package io.turnlane.bench.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Work on each record: waits as long as an agent takes. Counts the records. Thread-safe. */
public final class RecordWork {

    private final long nanos;
    private final long target;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong firstBegin = new AtomicLong(Long.MAX_VALUE);
    private volatile long lastEnd;

    /**
     * Creates the work.
     *
     * @param time time that each record takes; zero for none
     * @param target number of records after which the work is complete
     */
    public RecordWork(Duration time, long target) {
        this.nanos = time.toNanos();
        this.target = target;
    }

    /**
     * Works on a record.
     *
     * @param value value of the record, which every engine must have read
     */
    void run(byte @Nullable [] value) {
        if (value == null || value.length == 0) {
            throw new IllegalArgumentException("the record has no value");
        }
        if (firstBegin.get() == Long.MAX_VALUE) {
            firstBegin.compareAndSet(Long.MAX_VALUE, System.nanoTime());
        }
        if (nanos > 0) {
            try {
                TimeUnit.NANOSECONDS.sleep(nanos);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return; // closed
            }
        }
        if (done.incrementAndGet() == target) {
            lastEnd = System.nanoTime();
        }
    }

    /** Returns the time of the first record as of {@link System#nanoTime}; {@link Long#MAX_VALUE} before it. */
    long firstBegin() {
        return firstBegin.get();
    }

    long done() {
        return done.get();
    }

    /** Returns the time at which the target was reached, as of {@link System#nanoTime}; 0 before. */
    long reached() {
        return lastEnd;
    }
}

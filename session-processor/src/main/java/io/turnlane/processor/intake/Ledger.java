package io.turnlane.processor.intake;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Open offsets of one partition: the offsets of delivered records that are not complete. From these offsets, the ledger
 * computes the frontier, which is the offset that the processor commits. Every record before the frontier is complete
 * (promise O6 in docs/guarantees.md).
 *
 * <p>The ledger stores the open offsets and the position of the consumer, which is the offset after the last delivered
 * record. It does not assume that offsets are consecutive, because transaction markers, compaction and deleted records
 * leave gaps. It does not store completed offsets. If a completed turn is delivered again, its request record shows
 * that it has ended.
 *
 * <p>Threading: the poll thread adds records and reads the frontier. Any thread completes records. The object's monitor
 * guards the state.
 */
final class Ledger {

    private final TreeMap<Long, Instant> open = new TreeMap<>();
    private long position;

    /** Creates the ledger of a partition whose records are delivered from the given position on. */
    Ledger(long position) {
        this.position = position;
    }

    synchronized void delivered(long offset, Instant at) {
        open.put(offset, at);
    }

    /**
     * Handles a gap between the consumer's position and the next record: opens the first offset of the gap. The
     * frontier stays at this offset until the handler of {@link SkippedRecords} completes it.
     *
     * @param next offset of the next record that the consumer delivers
     * @return first offset of the gap; empty if there is no gap
     */
    synchronized OptionalLong skipTo(long next, Instant at) {
        if (next <= position) {
            return OptionalLong.empty();
        }
        long from = position;
        open.put(from, at);
        position = next;
        return OptionalLong.of(from);
    }

    /** Sets the consumer's position, unless it is already higher. */
    synchronized void advancedTo(long position) {
        this.position = Math.max(this.position, position);
    }

    /** Returns the position behind all delivered records. */
    synchronized long position() {
        return position;
    }

    /** Marks the record as complete, because its result is stored. Idempotent. */
    synchronized void complete(long offset) {
        open.remove(offset);
    }

    /**
     * Returns the offset to commit: the lowest open offset, or the position after all delivered records if no offset is
     * open.
     */
    synchronized long frontier() {
        return open.isEmpty() ? position : open.firstKey();
    }

    /**
     * Returns true if the offset is before the consumer's position and is not open. A record at this offset is
     * complete.
     */
    synchronized boolean done(long offset) {
        return offset < position && !open.containsKey(offset);
    }

    /** Returns the delivery time of the lowest open record. */
    synchronized Optional<Instant> oldest() {
        return open.isEmpty() ? Optional.empty() : Optional.of(open.firstEntry().getValue());
    }

    synchronized int openCount() {
        return open.size();
    }
}

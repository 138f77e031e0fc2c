package io.turnlane.processor.intake;

import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One partition's delivered offsets: which are open, hence the offset that may be committed (O6).
 *
 * <p>It keeps the open ones and the position behind the last delivered record, as the consumer tells it. So nothing is
 * ever computed from an offset: transaction markers, compaction and deleted records may leave any holes. What is
 * complete needs no place here; that a redelivered turn was done is known to its request record.
 *
 * <p>Threading: the poll thread delivers and asks for the frontier; any thread completes. Guarded by itself.
 */
final class Ledger {

    private final TreeMap<Long, Instant> open = new TreeMap<>();
    private long position;

    /** A ledger of a partition that will be delivered from this position on. */
    Ledger(long position) {
        this.position = position;
    }

    /** The record at this offset was handed out, and now is open. */
    synchronized void delivered(long offset, Instant at) {
        open.put(offset, at);
    }

    /** Everything before this position was delivered. */
    synchronized void advancedTo(long position) {
        this.position = Math.max(this.position, position);
    }

    /** What followed from the record is safe elsewhere. Twice is once. */
    synchronized void complete(long offset) {
        open.remove(offset);
    }

    /**
     * The offset that may be committed: of the first open record, or else the position behind all that was delivered.
     */
    synchronized long frontier() {
        return open.isEmpty() ? position : open.firstKey();
    }

    /** Whether what followed from the record at this offset is safe. */
    synchronized boolean done(long offset) {
        return offset < position && !open.containsKey(offset);
    }

    /** When the first open record was delivered. */
    synchronized Optional<Instant> oldest() {
        return open.isEmpty() ? Optional.empty() : Optional.of(open.firstEntry().getValue());
    }

    synchronized int openCount() {
        return open.size();
    }
}

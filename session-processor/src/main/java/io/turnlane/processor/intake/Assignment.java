package io.turnlane.processor.intake;

import io.turnlane.processor.rebuild.HeldPartition;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * An assignment of a partition to this processor. Contains the partition's ledger (its open offsets) and its fence. If
 * the partition leaves this processor and comes back, a new object is created.
 *
 * <p>Threading: the poll thread delivers records, sets the fence, commits and ends the assignment. Lane threads read
 * the fence, complete offsets and request a newer fence. Fields that both use are volatile or thread-safe.
 */
final class Assignment implements HeldPartition {

    private static final long NO_FENCE = -1;
    private static final long NOTHING_COMMITTED = -1;

    private final TopicPartition partition;
    private final Ledger ledger;
    private final RecordReader reader;
    private final AtomicInteger records = new AtomicInteger();
    private final ConcurrentNavigableMap<Long, Delivery> unloaded = new ConcurrentSkipListMap<>();
    private volatile long fence = NO_FENCE;
    private volatile boolean held = true;
    private volatile boolean needsFence = true;
    private long committed;
    private long seenFrontier;
    private long frontierMovedNanos;
    private boolean isFrontierWatched;

    /**
     * @param position offset of the next record that the consumer delivers
     * @param reader reads records that are no longer in the heap
     */
    Assignment(TopicPartition partition, long position, RecordReader reader) {
        this.partition = partition;
        this.reader = reader;
        this.ledger = new Ledger(position);
        this.committed = position;
    }

    @Override
    public int number() {
        return partition.partition();
    }

    TopicPartition partition() {
        return partition;
    }

    Ledger ledger() {
        return ledger;
    }

    /**
     * Sets the fence. Called after the group's coordinator has accepted the commit that has this number as metadata.
     */
    void setFence(long token) {
        fence = token;
        needsFence = false;
    }

    @Override
    public long fence() {
        return fence;
    }

    boolean hasFence() {
        return fence != NO_FENCE;
    }

    boolean needsFence() {
        return needsFence;
    }

    @Override
    public void renewFence() {
        needsFence = true;
    }

    @Override
    public boolean held() {
        return held;
    }

    @Override
    public long firstOpen() {
        return ledger.frontier();
    }

    @Override
    public boolean isDone(long offset) {
        return ledger.done(offset);
    }

    void end() {
        held = false;
    }

    /** Counts a record that enters the heap. */
    void recordAdded() {
        records.incrementAndGet();
    }

    /** Counts a record that leaves the heap. */
    void recordRemoved() {
        records.decrementAndGet();
    }

    /** Returns the number of this partition's records in the heap. */
    int recordCount() {
        return records.get();
    }

    /** Registers a delivery whose record is no longer in the heap. */
    void unloaded(Delivery delivery) {
        unloaded.put(delivery.offset(), delivery);
    }

    /** Removes a delivery whose record is in the heap again, or which has ended. */
    void reloaded(Delivery delivery) {
        unloaded.remove(delivery.offset());
    }

    /**
     * Reads from the log a record that is no longer in the heap. Kafka also returns later records. If the budget has
     * room, those of the same session return to the heap, too.
     *
     * @throws RecordGoneException if the log no longer holds the record
     */
    ConsumerRecord<byte[], byte[]> readAgain(Delivery delivery) throws RecordGoneException {
        return reader.read(partition, delivery.offset(), record -> {
            Delivery other = unloaded.get(record.offset());
            if (other != null && Arrays.equals(other.key(), delivery.key())) {
                other.reloadIfRoom(record);
            }
        });
    }

    /** Returns true if the frontier has advanced since the last commit. */
    boolean commitDue() {
        return hasFence() && ledger.frontier() > committed;
    }

    /**
     * Returns the frontier to commit, with the fence as metadata. The next owner of the partition reads this fence and
     * chooses a larger one.
     */
    OffsetAndMetadata startCommit() {
        committed = ledger.frontier();
        return new OffsetAndMetadata(committed, Long.toString(fence));
    }

    /**
     * Returns the time for which the frontier has not moved since the first of the calls that found records to poll.
     *
     * @param hasLag true if records of the partition have not been polled yet
     * @param nanos current time in ns, of a clock that never jumps
     */
    Duration frontierStill(boolean hasLag, long nanos) {
        long frontier = ledger.frontier();
        if (!hasLag || !isFrontierWatched || frontier != seenFrontier) {
            isFrontierWatched = hasLag;
            seenFrontier = frontier;
            frontierMovedNanos = nanos;
        }
        return Duration.ofNanos(nanos - frontierMovedNanos);
    }

    /** Makes {@link #commitDue} return true again after a failed commit. */
    void commitFailed() {
        committed = NOTHING_COMMITTED;
    }
}

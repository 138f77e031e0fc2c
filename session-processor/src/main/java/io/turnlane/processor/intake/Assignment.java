package io.turnlane.processor.intake;

import io.turnlane.processor.rebuild.HeldPartition;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * One partition for as long as this processor holds it: its ledger, and the fence under which it writes.
 *
 * <p>Threading: the poll thread delivers, fences, commits and ends it; lanes' threads read the fence, complete offsets
 * and ask for a newer fence. Fields that both use are volatile or guard themselves.
 */
final class Assignment implements HeldPartition {

    private static final long NO_FENCE = -1;
    private static final long NOTHING = -1;

    private final TopicPartition partition;
    private final Ledger ledger;
    private final RecordReader reader;
    private final ConcurrentNavigableMap<Long, Delivery> unloaded = new ConcurrentSkipListMap<>();
    private volatile long fence = NO_FENCE;
    private volatile boolean held = true;
    private volatile boolean needsFence = true;
    private long committed;

    /** @param reader reads records again that deep lanes let go */
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

    /** The coordinator took the commit that carries this token: it is ours. */
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
    public boolean isDone(long offset) {
        return ledger.done(offset);
    }

    void end() {
        held = false;
    }

    /** The delivery keeps only its place from now on. */
    void unloaded(Delivery delivery) {
        unloaded.put(delivery.offset(), delivery);
    }

    /** The delivery is whole again, or has ended. */
    void reloaded(Delivery delivery) {
        unloaded.remove(delivery.offset());
    }

    /**
     * Reads a record from the log again; others of its session that come along and were let go too are made whole by
     * the way, for they are next.
     */
    ConsumerRecord<byte[], byte[]> readAgain(Delivery wanted) throws RecordGoneException {
        return reader.read(partition, wanted.offset(), along -> {
            Delivery other = unloaded.get(along.offset());
            if (other != null && Arrays.equals(other.key(), wanted.key())) {
                other.reloadIfRoom(along);
            }
        });
    }

    /** Whether there is something new to commit. */
    boolean commitDue() {
        return hasFence() && ledger.frontier() > committed;
    }

    /** The frontier, with the fence beside it: whoever owns the partition next reads the token there. */
    OffsetAndMetadata startCommit() {
        committed = ledger.frontier();
        return new OffsetAndMetadata(committed, Long.toString(fence));
    }

    /** The commit didn't reach the coordinator: what it held is due again. */
    void commitFailed() {
        committed = NOTHING;
    }
}

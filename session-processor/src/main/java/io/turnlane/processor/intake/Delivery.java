package io.turnlane.processor.intake;

import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.TurnError;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A turn's claim on its delivered record. Until the claim ends, the record's offset is open in the ledger, and the
 * record counts in the budget. If many turns are ahead of the record in its lane, it is {@linkplain #unload unloaded}:
 * only its log position stays in the heap. The record is read from the log again when it is needed.
 *
 * <p>Threading: any thread may call any method. The object's monitor guards the state. No thread holds the monitor
 * while it reads the log.
 */
final class Delivery extends AssignedClaim {

    private final byte @Nullable [] key;
    private final int partition;
    private final long offset;
    private final Budget budget;
    private @Nullable ConsumerRecord<byte[], byte[]> record;

    Delivery(ConsumerRecord<byte[], byte[]> record, Assignment assignment, Budget budget) {
        super(assignment);
        this.key = record.key();
        this.partition = record.partition();
        this.offset = record.offset();
        this.record = record;
        this.budget = budget;
        add(record);
    }

    private void add(ConsumerRecord<byte[], byte[]> added) {
        budget.add(sizeOf(added));
        assignment().recordAdded();
    }

    private void remove(ConsumerRecord<byte[], byte[]> removed) {
        budget.remove(sizeOf(removed));
        assignment().recordRemoved();
    }

    byte @Nullable [] key() {
        return key;
    }

    long offset() {
        return offset;
    }

    @Override
    public byte @Nullable [] value() throws RecordGoneException {
        return load().value();
    }

    private ConsumerRecord<byte[], byte[]> load() throws RecordGoneException {
        ConsumerRecord<byte[], byte[]> current = currentRecord();
        if (current != null) {
            return current;
        }
        ConsumerRecord<byte[], byte[]> again = assignment().readAgain(this);
        reload(again);
        return again;
    }

    private synchronized @Nullable ConsumerRecord<byte[], byte[]> currentRecord() {
        return record;
    }

    @Override
    public synchronized void unload() {
        if (record != null && !hasEnded()) {
            remove(record);
            budget.addUnloaded();
            record = null;
            assignment().unloaded(this);
        }
    }

    /**
     * Stores the record after it was read from the log again. Does nothing if the heap already has it or the claim has
     * ended.
     */
    synchronized void reload(ConsumerRecord<byte[], byte[]> again) {
        if (record == null && !hasEnded()) {
            budget.removeUnloaded();
            add(again);
            record = again;
            assignment().reloaded(this);
        }
    }

    /** Calls {@link #reload} if the budget has room. */
    void reloadIfRoom(ConsumerRecord<byte[], byte[]> record) {
        if (!budget.isFull()) {
            reload(record);
        }
    }

    @Override
    public void complete() {
        assignment().ledger().complete(offset);
        release();
    }

    @Override
    public void release() {
        end(() -> {
            budget.countEnded();
            if (record == null) {
                budget.removeUnloaded();
                assignment().reloaded(this);
            } else {
                remove(record);
            }
        });
    }

    @Override
    public QuarantinedTurn toQuarantinedTurn(TurnError error, int attempts) {
        try {
            ConsumerRecord<byte[], byte[]> loaded = load();
            List<QuarantinedTurn.Header> headers = new ArrayList<>();
            loaded.headers().forEach(header -> headers.add(new QuarantinedTurn.Header(header.key(), header.value())));
            return new QuarantinedTurn(key, loaded.value(), headers, error, attempts, origin());
        } catch (RecordGoneException e) {
            return new QuarantinedTurn(key, null, List.of(), error, attempts, origin());
        }
    }

    private QuarantinedTurn.RecordOrigin origin() {
        return new QuarantinedTurn.RecordOrigin(assignment().partition().topic(), partition, offset);
    }

    private static int sizeOf(ConsumerRecord<byte[], byte[]> record) {
        int size = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        for (Header header : record.headers()) {
            size += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }
}

package io.turnlane.processor.intake;

import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.TurnError;
import io.turnlane.processor.turn.Turn.Claim;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * One record in our hands: its place in the ledger and its share of the budget, given back exactly once. In a deep lane
 * it keeps only its place, and is read from the log again when its turn is near.
 *
 * <p>Threading: any thread; guarded by itself, never while the log is read.
 */
final class Delivery implements Claim {

    private final byte @Nullable [] key;
    private final int partition;
    private final long offset;
    private final Assignment assignment;
    private final Budget budget;
    private @Nullable ConsumerRecord<byte[], byte[]> record;
    private final List<Runnable> atEnd = new ArrayList<>();
    private boolean ended;

    Delivery(ConsumerRecord<byte[], byte[]> record, Assignment assignment, Budget budget) {
        this.key = record.key();
        this.partition = record.partition();
        this.offset = record.offset();
        this.record = record;
        this.assignment = assignment;
        this.budget = budget;
        budget.add(sizeOf(record));
    }

    Assignment assignment() {
        return assignment;
    }

    byte @Nullable [] key() {
        return key;
    }

    long offset() {
        return offset;
    }

    @Override
    public long fence() {
        return assignment.fence();
    }

    @Override
    public boolean held() {
        return assignment.held();
    }

    @Override
    public Object assignmentKey() {
        return assignment;
    }

    @Override
    public void renewFence() {
        assignment.renewFence();
    }

    @Override
    public byte @Nullable [] value() throws RecordGoneException {
        return whole().value();
    }

    private ConsumerRecord<byte[], byte[]> whole() throws RecordGoneException {
        ConsumerRecord<byte[], byte[]> here = here();
        if (here != null) {
            return here;
        }
        ConsumerRecord<byte[], byte[]> again = assignment.readAgain(this);
        reload(again);
        return again;
    }

    private synchronized @Nullable ConsumerRecord<byte[], byte[]> here() {
        return record;
    }

    @Override
    public synchronized void unload() {
        if (record != null && !ended) {
            budget.remove(sizeOf(record));
            budget.addUnloaded();
            record = null;
            assignment.unloaded(this);
        }
    }

    /** The record is here again; does nothing where it was not away, or is needed no more. */
    synchronized void reload(ConsumerRecord<byte[], byte[]> again) {
        if (record == null && !ended) {
            budget.removeUnloaded();
            budget.add(sizeOf(again));
            record = again;
            assignment.reloaded(this);
        }
    }

    /** As {@link #reload}, where there is room: the record came along and isn't wanted yet. */
    void reloadIfRoom(ConsumerRecord<byte[], byte[]> along) {
        if (!budget.isFull()) {
            reload(along);
        }
    }

    @Override
    public void onEnd(Runnable what) {
        synchronized (this) {
            if (!ended) {
                atEnd.add(what);
                return;
            }
        }
        what.run();
    }

    @Override
    public void complete() {
        assignment.ledger().complete(offset);
        end();
    }

    @Override
    public void release() {
        end();
    }

    private void end() {
        giveBack().forEach(Runnable::run);
    }

    /** What is to run now that it has ended. */
    private synchronized List<Runnable> giveBack() {
        if (ended) {
            return List.of();
        }
        ended = true;
        if (record == null) {
            budget.removeUnloaded();
            assignment.reloaded(this);
        } else {
            budget.remove(sizeOf(record));
        }
        return List.copyOf(atEnd);
    }

    @Override
    public QuarantinedTurn toQuarantinedTurn(TurnError error, int attempts) {
        try {
            ConsumerRecord<byte[], byte[]> whole = whole();
            List<QuarantinedTurn.Header> headers = new ArrayList<>();
            whole.headers().forEach(header -> headers.add(new QuarantinedTurn.Header(header.key(), header.value())));
            return new QuarantinedTurn(key, whole.value(), headers, error, attempts, origin());
        } catch (RecordGoneException e) {
            return new QuarantinedTurn(key, null, List.of(), error, attempts, origin());
        }
    }

    private QuarantinedTurn.RecordOrigin origin() {
        return new QuarantinedTurn.RecordOrigin(assignment.partition().topic(), partition, offset);
    }

    private static int sizeOf(ConsumerRecord<byte[], byte[]> record) {
        int size = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        for (Header header : record.headers()) {
            size += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }
}

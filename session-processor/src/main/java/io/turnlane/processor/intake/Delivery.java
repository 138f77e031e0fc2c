package io.turnlane.processor.intake;

import io.turnlane.model.TurnError;
import io.turnlane.processor.quarantine.QuarantinedTurn;
import io.turnlane.processor.turn.Turn.Claim;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One record in our hands: its place in the ledger and its share of the budget, given back exactly once. Safe for
 * threads.
 */
final class Delivery implements Claim {

    private final ConsumerRecord<byte[], byte[]> record;
    private final Assignment assignment;
    private final Budget budget;
    private final AtomicBoolean ended = new AtomicBoolean();

    Delivery(ConsumerRecord<byte[], byte[]> record, Assignment assignment, Budget budget) {
        this.record = record;
        this.assignment = assignment;
        this.budget = budget;
        budget.take(sizeOf(record));
    }

    Assignment assignment() {
        return assignment;
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
    public void renewFence() {
        assignment.wantFence();
    }

    @Override
    public void complete() {
        assignment.ledger().complete(record.offset());
        giveBack();
    }

    @Override
    public void letGo() {
        giveBack();
    }

    private void giveBack() {
        if (ended.compareAndSet(false, true)) {
            budget.giveBack(sizeOf(record));
        }
    }

    @Override
    public QuarantinedTurn quarantined(TurnError error, int attempts) {
        List<QuarantinedTurn.Header> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new QuarantinedTurn.Header(header.key(), header.value())));
        return new QuarantinedTurn(
                record.key(), record.value(), headers, error, attempts, record.partition(), record.offset());
    }

    private static int sizeOf(ConsumerRecord<byte[], byte[]> record) {
        return Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    }
}

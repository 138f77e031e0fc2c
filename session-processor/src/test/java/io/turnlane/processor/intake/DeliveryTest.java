package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.processor.turn.Turn.LogUnavailableException;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DeliveryTest {

    private static final TopicPartition PARTITION = new TopicPartition("turns", 0);

    private final Budget budget = new Budget(3, 1_000, 10);
    private final MockConsumer<byte[], byte[]> log = new MockConsumer<>("none");
    private final Assignment assignment = new Assignment(PARTITION, 0, new RecordReader(() -> log, 1));

    DeliveryTest() {
        log.updateBeginningOffsets(Map.of(PARTITION, 0L));
    }

    @Test
    void readsAnUnloadedRecordAgainWhenItsValueIsNeeded() throws Exception {
        Delivery delivery = deliver(0, "a");
        delivery.unload();
        delivery.unload();
        assertThat(budget.isFull()).isFalse();
        assertThat(budget.openTurns()).as("one unloaded turn").isOne();
        onLog(List.of(record(0, "a")));
        assertThat(delivery.value()).isEqualTo(value(0));
        assertThat(budget.openTurns()).as("one turn in memory").isOne();
        delivery.complete();
        delivery.release();
        assertThat(budget.openTurns()).as("its share is returned once").isZero();
    }

    @Test
    void reloadsFollowingRecordsOfItsSessionWhileTheBudgetHasRoom() throws Exception {
        List<String> keys = List.of("a", "b", "a", "a", "a");
        List<Delivery> all = new ArrayList<>();
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int offset = 0; offset < keys.size(); offset++) {
            all.add(deliver(offset, keys.get(offset)));
            all.getLast().unload();
            records.add(record(offset, keys.get(offset)));
        }
        onLog(records);
        assertThat(all.getFirst().value()).isEqualTo(value(0));
        assertThat(budget.isFull()).as("as many records as the budget allows").isTrue();
        all.forEach(Delivery::release);
        assertThat(budget.openTurns()).isZero();
    }

    @Test
    void returnsItsShareOfTheBudgetIfItIsReleasedWhileUnloaded() {
        Delivery delivery = deliver(0, "a");
        delivery.unload();
        delivery.release();
        assertThat(budget.openTurns()).isZero();
        delivery.reload(record(0, "a"));
        assertThat(budget.openTurns())
                .as("a reload after the end changes nothing")
                .isZero();
    }

    @Test
    void reportsThatTheLogIsUnavailableOrThatTheRecordIsGone() {
        Delivery delivery = deliver(0, "a");
        delivery.unload();
        log.setPollException(new KafkaException("away"));
        assertThatThrownBy(delivery::value).isInstanceOf(LogUnavailableException.class);
        onLog(List.of(record(7, "a")));
        assertThatThrownBy(delivery::value).isInstanceOf(RecordGoneException.class);
    }

    private Delivery deliver(long offset, String key) {
        assignment.ledger().delivered(offset, Instant.EPOCH);
        return new Delivery(record(offset, key), assignment, budget);
    }

    /** Makes the next poll return these records. */
    private void onLog(List<ConsumerRecord<byte[], byte[]>> records) {
        log.schedulePollTask(() -> records.forEach(log::addRecord));
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, String key) {
        return new ConsumerRecord<>("turns", 0, offset, key.getBytes(), value(offset));
    }

    private static byte[] value(long offset) {
        return ("value " + offset).getBytes();
    }
}

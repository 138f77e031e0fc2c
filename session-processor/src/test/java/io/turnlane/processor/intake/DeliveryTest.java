package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.turnlane.processor.turn.Turn.LogUnavailableException;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import java.lang.ref.WeakReference;
import java.time.Duration;
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
        assertThat(assignment.recordCount()).as("records of the partition").isZero();
        onLog(List.of(record(0, "a")));
        assertThat(delivery.value()).isEqualTo(value(0));
        assertThat(budget.openTurns()).as("one turn in memory").isOne();
        assertThat(assignment.recordCount()).isOne();
        delivery.complete();
        delivery.release();
        assertThat(budget.openTurns()).as("its share is returned once").isZero();
        assertThat(assignment.recordCount()).isZero();
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
        deliver(1, "a");
        deliver(2, "a");
        assertThat(budget.isFull()).as("2 of 3 turns are in the heap").isFalse();
    }

    @Test
    void reloadsNoRecordOfAnotherSession() throws Exception {
        List<Delivery> all = new ArrayList<>();
        for (String key : List.of("a", "b", "a")) {
            all.add(deliver(all.size(), key));
            all.getLast().unload();
        }
        onLog(List.of(record(0, "a"), record(1, "b"), record(2, "a")));
        all.getFirst().value();
        assertThat(all.getLast().value()).as("in the heap again").isEqualTo(value(2));
        log.setPollException(new KafkaException("away"));
        assertThatThrownBy(all.get(1)::value)
                .as("must be read from the log")
                .isInstanceOf(LogUnavailableException.class);
    }

    @Test
    void changesNothingIfItIsUnloadedAfterItsEnd() {
        Delivery delivery = deliver(0, "a");
        delivery.complete();
        delivery.unload();
        assertThat(budget.openTurns()).isZero();
        assertThat(budget.isFull()).isFalse();
        for (int i = 0; i < 3; i++) {
            assertThat(budget.isFull()).as("%d of 3 turns", i).isFalse();
            deliver(1 + i, "a");
        }
        assertThat(budget.isFull()).isTrue();
    }

    @Test
    void runsEachEndCallbackOnceAndAtOnceAfterTheEnd() {
        Delivery delivery = deliver(0, "a");
        List<String> ran = new ArrayList<>();
        delivery.onEnd(() -> ran.add("before"));
        assertThat(ran).isEmpty();
        delivery.release();
        delivery.complete();
        assertThat(ran).containsExactly("before");
        delivery.onEnd(() -> ran.add("after"));
        assertThat(ran).containsExactly("before", "after");
    }

    @Test
    void completesItsOffsetButLeavesItOpenIfItIsReleased() {
        Delivery completed = deliver(0, "a");
        Delivery released = deliver(1, "a");
        assignment.ledger().advancedTo(2);
        completed.complete();
        released.release();
        assertThat(assignment.ledger().frontier()).isOne();
    }

    /** Otherwise, the heap would keep each turn that ended while its record was not in the heap. */
    @Test
    void isNotHeldByItsAssignmentAfterTheEnd() {
        WeakReference<Delivery> ended = new WeakReference<>(endUnloaded());
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            System.gc();
            return ended.refersTo(null);
        });
        assertThat(assignment.held()).isTrue();
    }

    private Delivery endUnloaded() {
        Delivery delivery = deliver(0, "a");
        delivery.unload();
        delivery.release();
        return delivery;
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

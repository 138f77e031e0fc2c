package io.turnlane.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogRangeTest {

    private static final TopicPartition FIRST = new TopicPartition("t", 0);
    private static final TopicPartition SECOND = new TopicPartition("t", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final MockConsumer<String, String> consumer = new MockConsumer<>("none");
    private final List<String> read = new ArrayList<>();

    @BeforeEach
    void twoPartitions() {
        consumer.updateBeginningOffsets(Map.of(FIRST, 2L, SECOND, 0L));
        consumer.updateEndOffsets(Map.of(FIRST, 5L, SECOND, 1L));
    }

    @Test
    void aWholePartitionReachesFromItsFirstRecordToItsEnd() {
        assertThat(LogRange.whole(consumer, List.of(FIRST, SECOND)))
                .containsExactly(new LogRange(FIRST, 2, 5), new LogRange(SECOND, 0, 1));
    }

    @Test
    void readsEachRangeInOrderAndNoRecordOutsideOfIt() {
        consumer.schedulePollTask(() -> add(FIRST, 2, 3, 4));
        consumer.schedulePollTask(() -> add(SECOND, 0));
        LogRange.read(
                consumer, List.of(new LogRange(FIRST, 2, 4), new LogRange(SECOND, 0, 1)), PATIENCE, this::keepReading);
        assertThat(read).containsExactly("0@2", "0@3", "1@0");
    }

    @Test
    void endsTheReadIfTheCallerDoesNotProceed() {
        consumer.schedulePollTask(() -> add(FIRST, 2, 3));
        LogRange.read(consumer, List.of(new LogRange(FIRST, 2, 5)), PATIENCE, record -> {
            var _ = keepReading(record);
            return false;
        });
        assertThat(read).containsExactly("0@2");
    }

    @Test
    void readsNothingIfAllRangesAreEmpty() {
        LogRange.read(consumer, List.of(new LogRange(FIRST, 5, 5)), PATIENCE, this::keepReading);
        assertThat(read).isEmpty();
    }

    @Test
    void failsIfKafkaReturnsNoRecords() {
        List<LogRange> range = List.of(new LogRange(FIRST, 2, 5));
        assertThatThrownBy(() -> LogRange.read(consumer, range, Duration.ZERO, this::keepReading))
                .isInstanceOf(TimeoutException.class);
    }

    private boolean keepReading(ConsumerRecord<String, String> record) {
        read.add(record.partition() + "@" + record.offset());
        return true;
    }

    private void add(TopicPartition partition, long... offsets) {
        for (long offset : offsets) {
            consumer.addRecord(new ConsumerRecord<>(partition.topic(), partition.partition(), offset, "k", "v"));
        }
    }
}

package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.RecordHeaders;
import io.turnlane.model.TurnError;
import io.turnlane.processor.turn.Turn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * The shared clock jumps when it shows the time of Redis for the first time. On a machine whose own clock is fast, it
 * jumps back.
 */
class TurnPollerClockTest {

    private static final TopicPartition PARTITION = new TopicPartition("turns", 0);

    private Instant now = Instant.parse("2026-11-21T06:00:00Z");
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

    @Test
    void commitsOffsetsAndReportsPositiveTimesAfterTheClockJumpedBack() {
        TurnPoller poller = new TurnPoller(
                consumer,
                new IntakeSettings("turns", 9, 1000, 9, Duration.ofMillis(1), Duration.ofNanos(1)),
                new CompletingHandler(),
                () -> now,
                System::nanoTime,
                new RecordReader(() -> new MockConsumer<>("none"), 1),
                _ -> {});
        consumer.updatePartitions("turns", List.of(new PartitionInfo("turns", 0, Node.noNode(), null, null)));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 1L));
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(PARTITION)));
        consumer.schedulePollTask(() -> now = now.minusSeconds(300));
        consumer.schedulePollTask(() -> consumer.addRecord(record()));
        consumer.schedulePollTask(() -> {
            OffsetAndMetadata committed = consumer.committed(Set.of(PARTITION)).get(PARTITION);
            assertThat(committed).isNotNull();
            assertThat(committed.offset()).isEqualTo(1);
            assertThat(poller.statistics().stalled()).isZero();
        });
        consumer.schedulePollTask(poller::stop);
        poller.run();
        assertThat(poller.hasFailed()).isFalse();
    }

    private static ConsumerRecord<byte[], byte[]> record() {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("turns", 0, 0, "-:s-1".getBytes(StandardCharsets.UTF_8), new byte[0]);
        record.headers()
                .add(RecordHeaders.REQUEST_ID, UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
        return record;
    }

    /** Ends each turn at once. */
    private static final class CompletingHandler implements RecordHandler {

        @Override
        public void onTurn(Turn turn) {
            turn.claim().complete();
        }

        @Override
        public void onUnreadable(Turn.Claim claim, TurnError error) {
            claim.complete();
        }

        @Override
        public void onPartitionsLeaving(Predicate<Turn.Claim> ofPartition, boolean patient) {}
    }
}

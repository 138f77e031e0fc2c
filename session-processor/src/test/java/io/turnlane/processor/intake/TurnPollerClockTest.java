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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The shared clock jumps when it shows the time of Redis for the first time. On a machine whose own clock is fast, it
 * jumps back.
 */
class TurnPollerClockTest {

    private static final TopicPartition PARTITION = new TopicPartition("turns", 0);

    private Instant now = Instant.parse("2026-11-21T06:00:00Z");
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

    @Test
    void commitsOffsetsAfterTheClockJumpedBack() {
        TurnPoller poller = poller(9, new CompletingHandler());
        consumer.schedulePollTask(() -> now = now.minusSeconds(300));
        consumer.schedulePollTask(() -> consumer.addRecord(record()));
        AtomicReference<OffsetAndMetadata> committed = new AtomicReference<>();
        consumer.schedulePollTask(
                () -> committed.set(consumer.committed(Set.of(PARTITION)).get(PARTITION)));
        consumer.schedulePollTask(poller::stop);
        poller.run();
        assertThat(committed.get().offset()).isOne();
        assertThat(poller.hasFailed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-300, 300})
    void reportsNoStallIfOnlyTheClockJumped(int seconds) {
        TurnPoller poller = poller(1, new KeepingHandler());
        consumer.schedulePollTask(() -> consumer.addRecord(record()));
        consumer.schedulePollTask(() -> now = now.plusSeconds(seconds));
        AtomicReference<TurnPoller.IntakeStatistics> statistics = new AtomicReference<>();
        consumer.schedulePollTask(() -> statistics.set(poller.statistics()));
        consumer.schedulePollTask(poller::stop);
        poller.run();
        assertThat(statistics.get().open()).isOne();
        assertThat(statistics.get().stalled()).isLessThan(Duration.ofMinutes(1));
        assertThat(statistics.get().oldestAge()).isGreaterThanOrEqualTo(Duration.ZERO);
    }

    private TurnPoller poller(int maxTurns, RecordHandler handler) {
        consumer.updatePartitions("turns", List.of(new PartitionInfo("turns", 0, Node.noNode(), null, null)));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 1L));
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(PARTITION)));
        return new TurnPoller(
                consumer,
                new IntakeSettings("turns", maxTurns, 1000, 9, Duration.ofMillis(1), Duration.ofNanos(1)),
                handler,
                () -> now,
                new RecordReader(() -> new MockConsumer<>("none"), 1),
                _ -> {});
    }

    private static ConsumerRecord<byte[], byte[]> record() {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("turns", 0, 0, "-:s-1".getBytes(StandardCharsets.UTF_8), new byte[0]);
        record.headers()
                .add(RecordHeaders.REQUEST_ID, UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
        return record;
    }

    /** Ends no turn. */
    private static final class KeepingHandler implements RecordHandler {

        @Override
        public void onTurn(Turn turn) {}

        @Override
        public void onUnreadable(Turn.Claim claim, TurnError error) {}

        @Override
        public void onPartitionsLeaving(Predicate<Turn.Claim> ofPartition, boolean patient) {}
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

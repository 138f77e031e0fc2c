package io.turnlane.processor.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.processor.intake.IntakeSettings;
import io.turnlane.processor.intake.RecordHandler;
import io.turnlane.processor.intake.RecordReader;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.ManualDelay;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.Turn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class EngineHealthTest {

    private static final TopicPartition PARTITION = new TopicPartition("turns", 0);

    private final ManualDelay delay = new ManualDelay();
    private Instant now = Instant.parse("2026-11-21T06:00:00Z");
    private int abandoned;
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final HoldingReception reception = new HoldingReception();
    private final TurnPoller poller = new TurnPoller(
            consumer,
            new IntakeSettings("turns", 1, 1, 1, Duration.ofMillis(1), Duration.ofMillis(1)),
            reception,
            () -> now,
            () -> now.toEpochMilli() * 1_000_000,
            new RecordReader(() -> new MockConsumer<>("none"), 1),
            adopted -> {});
    private final LaneScheduler<SessionKey, Turn> lanes = new LaneScheduler<>(
            1, Runnable::run, delay, Turn::identity, (key, turn) -> LaneOutcome.DONE, (turn, e) -> {});
    private final Drain drain =
            new Drain(poller, lanes, new Flights(delay, Duration.ofSeconds(10)), Duration.ZERO, Duration.ZERO);
    private Duration maxFrontierStill = Duration.ofHours(1);

    @Test
    void isDownIfThePollThreadHasStoppedPolling() {
        assertThat(status()).isEqualTo(Status.UP);
        now = now.plus(Duration.ofSeconds(46));
        assertThat(status()).isEqualTo(Status.DOWN);
    }

    @Test
    void isDownIfTooManyAbandonedAgentsAreRunning() {
        abandoned = 99;
        assertThat(status()).isEqualTo(Status.UP);
        abandoned = 100;
        assertThat(status()).isEqualTo(Status.DOWN);
    }

    @Test
    void isDownIfThePollThreadHasDied() {
        consumer.schedulePollTask(() -> {
            throw new OutOfMemoryError("thrown by the test");
        });
        try {
            poller.run();
        } catch (OutOfMemoryError e) {
            // the error has ended the poll thread
        }
        assertThat(poller.hasFailed()).isTrue();
        assertThat(status()).isEqualTo(Status.DOWN);
    }

    @Test
    void isDownIfItsOpenTurnsReachABoundAndNoneOfThemEnds() {
        List<Status> seen = new ArrayList<>();
        pollARecordOf(9);
        consumer.schedulePollTask(() -> now = now.plusSeconds(59));
        consumer.schedulePollTask(() -> seen.add(status()));
        consumer.schedulePollTask(() -> now = now.plusSeconds(1));
        consumer.schedulePollTask(() -> {
            seen.add(status());
            assertThat(poller.statistics().lag())
                    .as("records that came meanwhile")
                    .isEqualTo(8);
            reception.turns.getFirst().claim().complete();
        });
        consumer.schedulePollTask(() -> seen.add(status()));
        consumer.schedulePollTask(poller::stop);
        poller.run();
        assertThat(seen).containsExactly(Status.UP, Status.DOWN, Status.UP);
    }

    @Test
    void isDownIfTheFrontierStaysAtATurnForTooLongWhileRecordsWait() {
        maxFrontierStill = Duration.ofSeconds(30);
        List<Status> seen = new ArrayList<>();
        pollARecordOf(9);
        consumer.schedulePollTask(() -> now = now.plusSeconds(30));
        consumer.schedulePollTask(() -> seen.add(status()));
        consumer.schedulePollTask(() -> now = now.plusSeconds(1));
        consumer.schedulePollTask(() -> {
            seen.add(status());
            assertThat(poller.statistics().frontierStill()).isEqualTo(Duration.ofSeconds(31));
            reception.turns.getFirst().claim().complete();
        });
        consumer.schedulePollTask(() -> seen.add(status()));
        consumer.schedulePollTask(poller::stop);
        poller.run();
        assertThat(seen).containsExactly(Status.UP, Status.DOWN, Status.UP);
    }

    @Test
    void isUpIfTheFrontierStaysWhereItIsAndNoRecordWaits() {
        maxFrontierStill = Duration.ofSeconds(30);
        List<Status> seen = new ArrayList<>();
        pollARecordOf(1);
        consumer.schedulePollTask(() -> now = now.plusSeconds(40));
        consumer.schedulePollTask(() -> seen.add(status()));
        consumer.schedulePollTask(poller::stop);
        poller.run();
        assertThat(seen).containsExactly(Status.UP);
    }

    /** Polls the first record of a log with this number of records. Its turn does not end. */
    private void pollARecordOf(long records) {
        consumer.updatePartitions("turns", List.of(new PartitionInfo("turns", 0, Node.noNode(), null, null)));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, records));
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(PARTITION)));
        consumer.schedulePollTask(() -> consumer.addRecord(record()));
    }

    private static ConsumerRecord<byte[], byte[]> record() {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("turns", 0, 0, "-:s-1".getBytes(StandardCharsets.UTF_8), new byte[0]);
        record.headers()
                .add(RecordHeaders.REQUEST_ID, UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private Status status() {
        return new EngineHealth(
                        poller,
                        () -> abandoned,
                        drain,
                        new OldestWaiting(lanes, () -> now),
                        maxFrontierStill,
                        () -> now)
                .health()
                .getStatus();
    }

    /** Never ends a turn. */
    private static final class HoldingReception implements RecordHandler {

        private final List<Turn> turns = new ArrayList<>();

        @Override
        public void onTurn(Turn turn) {
            turns.add(turn);
        }

        @Override
        public void onUnreadable(Turn.Claim claim, TurnError error) {}

        @Override
        public void onPartitionsLeaving(Predicate<Turn.Claim> ofPartition, boolean patient) {}
    }
}

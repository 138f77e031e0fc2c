package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.RecordHeaders;
import io.turnlane.model.TurnError;
import io.turnlane.processor.turn.Turn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** The loop of the poll thread. Each task of {@link #onPoll} runs at the beginning of one poll, on the poll thread. */
class TurnPollerTest {

    private static final TopicPartition PARTITION = new TopicPartition("turns", 0);
    private static final Duration AFTER_EVERY_POLL = Duration.ofNanos(1);

    private final List<RuntimeException> commitFailures = new ArrayList<>();
    private final List<RuntimeException> positionFailures = new ArrayList<>();
    private final List<Map<TopicPartition, OffsetAndMetadata>> syncCommits = new ArrayList<>();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
            failOnce(commitFailures);
            syncCommits.add(offsets);
            super.commitSync(offsets);
        }

        @Override
        public synchronized long position(TopicPartition partition) {
            failOnce(positionFailures);
            return super.position(partition);
        }
    };
    private final List<Turn> turns = new ArrayList<>();
    private final List<SkippedRecords> skipped = new ArrayList<>();
    private TurnPoller poller = poller(9, AFTER_EVERY_POLL);

    TurnPollerTest() {
        consumer.updatePartitions("turns", List.of(new PartitionInfo("turns", 0, Node.noNode(), null, null)));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 9L));
        onPoll(() -> consumer.rebalance(List.of(PARTITION)));
    }

    @Test
    void commitsNoOffsetBehindAnOpenRecord() {
        onPoll(() -> log(0, 1));
        onPoll(() -> turns.get(1).claim().complete());
        onPoll(() -> {
            assertThat(committed()).isZero();
            turns.get(0).claim().complete();
        });
        onPoll(() -> assertThat(committed()).isEqualTo(2));
        run();
        assertThat(skipped).as("every record was delivered").isEmpty();
    }

    @Test
    void waitsWithTheFrontierUntilOffsetsThatTheConsumerSkippedAreComplete() {
        onPoll(() -> log(0));
        onPoll(() -> log(5));
        onPoll(() -> turns.forEach(turn -> turn.claim().complete()));
        onPoll(() -> {
            assertThat(skipped).extracting(SkippedRecords::from).containsExactly(1L);
            assertThat(committed()).isOne();
            skipped.getFirst().complete();
        });
        onPoll(() -> assertThat(committed()).isEqualTo(6));
        run();
    }

    @Test
    void findsSkippedOffsetsBehindWhichNoRecordArrives() {
        onPoll(() -> consumer.seek(PARTITION, 4)); // as after a transaction marker
        run();
        assertThat(skipped).extracting(SkippedRecords::from).containsExactly(0L);
    }

    @Test
    void readsNoRecordsWhileItIsPaused() {
        onPoll(poller::pause);
        onPoll(() -> {
            assertThat(consumer.paused()).containsExactly(PARTITION);
            log(0);
        });
        run();
        assertThat(turns).isEmpty();
    }

    @Test
    void readsNoRecordsWhileAsManyTurnsAreOpenAsTheProcessorMayHold() {
        poller = poller(1, AFTER_EVERY_POLL);
        onPoll(() -> log(0));
        onPoll(() -> {
            assertThat(consumer.paused()).containsExactly(PARTITION);
            turns.getFirst().claim().complete();
        });
        onPoll(() -> assertThat(consumer.paused()).isEmpty());
        run();
    }

    @Test
    void acquiresAFenceAfterALaterPollIfTheCoordinatorRejectsItAtFirst() {
        commitFailures.addAll(List.of(new CommitFailedException(), new CommitFailedException()));
        onPoll(() -> assertThat(consumer.paused()).containsExactly(PARTITION));
        onPoll(() -> log(0));
        run();
        assertThat(turns).hasSize(1);
    }

    @Test
    void holdsAPartitionWhoseAssignmentCallbackFailed() {
        positionFailures.add(new TimeoutException("the partition's leader is unavailable"));
        onPoll(() -> assertThat(poller.statistics().partitions()).isZero());
        onPoll(() -> {
            assertThat(poller.statistics().partitions()).isOne();
            log(0);
        });
        run();
        assertThat(turns).hasSize(1);
    }

    @Test
    void commitsBeforeItLeavesTheGroup() {
        poller = poller(9, Duration.ofHours(1));
        onPoll(() -> log(0));
        onPoll(() -> turns.getFirst().claim().complete());
        run();
        assertThat(syncCommits.getLast().get(PARTITION).offset()).isOne();
    }

    private TurnPoller poller(int maxTurns, Duration commitInterval) {
        return new TurnPoller(
                consumer,
                new IntakeSettings("turns", maxTurns, 1_000, 9, Duration.ofMillis(1), commitInterval),
                new KeepingHandler(),
                InstantSource.system(),
                System::nanoTime,
                new RecordReader(() -> new MockConsumer<>("none"), 1),
                _ -> {});
    }

    private void onPoll(Runnable task) {
        consumer.schedulePollTask(task);
    }

    /** Runs the poll loop until all tasks have run. */
    private void run() {
        onPoll(poller::stop);
        poller.run();
        assertThat(poller.hasFailed()).isFalse();
    }

    private long committed() {
        return consumer.committed(Set.of(PARTITION)).get(PARTITION).offset();
    }

    private void log(long... offsets) {
        for (long offset : offsets) {
            ConsumerRecord<byte[], byte[]> record =
                    new ConsumerRecord<>("turns", 0, offset, "-:s-1".getBytes(StandardCharsets.UTF_8), new byte[0]);
            record.headers()
                    .add(RecordHeaders.REQUEST_ID, UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
            consumer.addRecord(record);
        }
    }

    private static void failOnce(List<RuntimeException> failures) {
        if (!failures.isEmpty()) {
            throw failures.removeFirst();
        }
    }

    /** Keeps all turns and skipped offsets open. */
    private final class KeepingHandler implements RecordHandler {

        @Override
        public void onTurn(Turn turn) {
            turns.add(turn);
        }

        @Override
        public void onUnreadable(Turn.Claim claim, TurnError error) {
            throw new AssertionError(error.message());
        }

        @Override
        public void onSkipped(SkippedRecords offsets) {
            skipped.add(offsets);
        }

        @Override
        public void onPartitionsLeaving(Predicate<Turn.Claim> ofPartition, boolean patient) {}
    }
}

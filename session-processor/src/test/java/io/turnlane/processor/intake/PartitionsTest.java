package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.TurnError;
import io.turnlane.processor.turn.Turn;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class PartitionsTest {

    private static final TopicPartition ONE = new TopicPartition("turns", 0);
    private static final TopicPartition OTHER = new TopicPartition("turns", 1);
    private static final long NOW = 1_000_000;
    private static final int NO_SHARE = Integer.MAX_VALUE;

    private final List<RuntimeException> commitFailures = new ArrayList<>();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
            if (!commitFailures.isEmpty()) {
                throw commitFailures.removeFirst();
            }
            super.commitSync(offsets);
        }

        @Override
        public synchronized void commitAsync(
                Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
            asyncCommits.add(offsets.keySet());
            super.commitAsync(offsets, callback);
        }

        @Override
        public synchronized long position(TopicPartition partition) {
            if (positionFails && partition.equals(OTHER)) {
                throw new TimeoutException("the partition's leader is unavailable");
            }
            return super.position(partition);
        }
    };
    private final List<Integer> watched = new ArrayList<>();
    private final List<Set<TopicPartition>> asyncCommits = new ArrayList<>();
    private boolean positionFails;
    private Runnable whileLeaving = () -> {};
    private final List<Boolean> departures = new ArrayList<>();
    private final List<Boolean> heldByLeavingPartitions = new ArrayList<>();
    private final Partitions partitions = new Partitions(
            consumer,
            "turns",
            new Departures(),
            InstantSource.fixed(Instant.ofEpochMilli(NOW)),
            new RecordReader(() -> new MockConsumer<>("none"), 1),
            adopted -> adopted.forEach(partition -> watched.add(partition.number())));

    PartitionsTest() {
        consumer.updatePartitions("turns", List.of(info(0), info(1)));
        consumer.updateBeginningOffsets(Map.of(ONE, 0L, OTHER, 0L));
        consumer.subscribe(List.of("turns"), partitions);
    }

    @Test
    void choosesATokenThatIsLargerThanTheCommittedOneAndNotBelowTheClock() {
        consumer.rebalance(List.of(ONE, OTHER));
        assertThat(partitions.get(ONE).fence()).isEqualTo(NOW);
        assertThat(committed(ONE).metadata()).isEqualTo(Long.toString(NOW));

        consumer.rebalance(List.of(OTHER));
        consumer.rebalance(List.of(ONE, OTHER));
        assertThat(partitions.get(ONE).fence()).as("the clock has not advanced").isEqualTo(NOW + 1);
    }

    @Test
    void commitsTheTokenWithEveryFrontier() {
        consumer.rebalance(List.of(ONE));
        Assignment assignment = partitions.get(ONE);
        assignment.ledger().advancedTo(5);
        partitions.commitAsync();
        assertThat(committed(ONE)).isEqualTo(new OffsetAndMetadata(5, Long.toString(NOW)));
    }

    @Test
    void keepsItsTokenUntilANewerOneIsRequested() {
        consumer.rebalance(List.of(ONE));
        partitions.acquireFences();
        assertThat(partitions.get(ONE).fence()).isEqualTo(NOW);

        partitions.get(ONE).renewFence();
        partitions.acquireFences();
        assertThat(partitions.get(ONE).fence()).isEqualTo(NOW + 1);
    }

    /** Another member of the group may commit without metadata. */
    @Test
    void choosesATokenThatIsLargerThanItsOwnIfTheCommittedOneIsLost() {
        consumer.rebalance(List.of(ONE));
        consumer.commitSync(Map.of(ONE, new OffsetAndMetadata(0)));
        partitions.get(ONE).renewFence();
        partitions.acquireFences();
        assertThat(partitions.get(ONE).fence()).isEqualTo(NOW + 1);
    }

    @Test
    void commitsTheFrontierWithANewToken() {
        consumer.rebalance(List.of(ONE));
        Ledger ledger = partitions.get(ONE).ledger();
        ledger.delivered(3, Instant.EPOCH);
        ledger.advancedTo(5);
        partitions.get(ONE).renewFence();
        partitions.acquireFences();
        assertThat(committed(ONE))
                .as("an incomplete record stays before the committed offset")
                .isEqualTo(new OffsetAndMetadata(3, Long.toString(NOW + 1)));
    }

    @Test
    void commitsOnlyFrontiersThatHaveAdvanced() {
        consumer.rebalance(List.of(ONE, OTHER));
        asyncCommits.clear(); // the mock also calls commitAsync for the commit of the tokens
        partitions.get(ONE).ledger().advancedTo(5);
        partitions.commitAsync();
        partitions.commitAsync();
        assertThat(asyncCommits).containsExactly(Set.of(ONE));
    }

    @Test
    void commitsAgainAfterAFailedCommit() {
        consumer.rebalance(List.of(ONE));
        partitions.get(ONE).ledger().advancedTo(5);
        commitFailures.add(new TimeoutException("unavailable"));
        partitions.commitSync();
        assertThat(committed(ONE).offset()).isZero();
        partitions.commitSync();
        assertThat(committed(ONE).offset()).isEqualTo(5);
    }

    @Test
    void commitsNothingForAPartitionWithoutAToken() {
        commitFailures.add(new CommitFailedException());
        consumer.rebalance(List.of(ONE));
        partitions.get(ONE).ledger().advancedTo(5);
        partitions.commitSync();
        assertThat(committed(ONE)).as("only its owner may commit").isNull();
    }

    @Test
    void staysPausedUntilTheCoordinatorAcceptsTheToken() {
        commitFailures.add(new CommitFailedException());
        consumer.rebalance(List.of(ONE));
        assertThat(consumer.paused()).containsExactly(ONE);
        partitions.pause(false, NO_SHARE);
        assertThat(consumer.paused()).as("it has no fence").containsExactly(ONE);
        assertThat(partitions.get(ONE).hasFence()).isFalse();

        partitions.acquireFences();
        partitions.pause(false, NO_SHARE);
        assertThat(consumer.paused()).isEmpty();
        assertThat(partitions.get(ONE).hasFence()).isTrue();
    }

    @Test
    void resumesNoPausedPartitionWhenOthersAreAssigned() {
        consumer.rebalance(List.of(ONE));
        partitions.pause(true, NO_SHARE);
        consumer.rebalance(List.of(ONE, OTHER));
        assertThat(consumer.paused())
                .as("the bound also applies to new partitions")
                .containsExactlyInAnyOrder(ONE, OTHER);

        partitions.pause(false, NO_SHARE);
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void readsPartitionsThatHoldLittleBeforeThoseThatHoldTheirShare() {
        consumer.updateEndOffsets(Map.of(ONE, 9L, OTHER, 9L));
        consumer.rebalance(List.of(ONE, OTHER));
        for (int record = 0; record < 3; record++) {
            partitions.get(ONE).recordAdded();
        }
        partitions.pause(false, 3);
        assertThat(consumer.paused())
                .as("the other partition has records to read")
                .containsExactly(ONE);

        partitions.get(ONE).recordRemoved();
        partitions.pause(false, 3);
        assertThat(consumer.paused()).as("below its share").isEmpty();
    }

    @Test
    void readsAPartitionBeyondItsShareIfNoOtherHasRecordsToRead() {
        consumer.updateEndOffsets(Map.of(ONE, 9L, OTHER, 0L));
        consumer.rebalance(List.of(ONE, OTHER));
        partitions.get(ONE).recordAdded();
        partitions.pause(false, 1);
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void adoptsPartitionsLaterIfTheBrokerFailedInTheCallback() {
        commitFailures.add(new TimeoutException("unavailable"));
        assertThatThrownBy(() -> consumer.rebalance(List.of(ONE))).isInstanceOf(TimeoutException.class);
        assertThat(consumer.paused()).as("no record may arrive yet").containsExactly(ONE);

        partitions.adoptMissed();
        partitions.acquireFences();
        partitions.pause(false, NO_SHARE);
        assertThat(partitions.get(ONE).hasFence()).isTrue();
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void reportsAllPartitionsEvenIfOnePositionWasUnknownAtFirst() {
        positionFails = true;
        assertThatThrownBy(() -> consumer.rebalance(List.of(ONE, OTHER))).isInstanceOf(TimeoutException.class);
        positionFails = false;
        partitions.adoptMissed();
        assertThat(watched).containsExactlyInAnyOrder(ONE.partition(), OTHER.partition());
    }

    @Test
    void endsItsClaimsWhenAPartitionIsRevoked() {
        consumer.rebalance(List.of(ONE, OTHER));
        Assignment leaving = partitions.get(ONE);
        consumer.rebalance(List.of(OTHER));
        assertThat(leaving.held()).isFalse();
        assertThat(partitions.get(ONE)).isNull();
        assertThat(partitions.get(OTHER).held()).isTrue();
        assertThat(departures).containsExactly(true);
    }

    @Test
    void endsItsClaimsBeforeItNotifiesTheHandlerOfALeavingPartition() {
        consumer.rebalance(List.of(ONE, OTHER));
        consumer.rebalance(List.of(OTHER));
        partitions.onPartitionsLost(List.of(OTHER));
        assertThat(heldByLeavingPartitions)
                .as("no turn of a withdrawn lane may begin")
                .containsExactly(false, false);
    }

    @Test
    void commitsTheResultsOfTurnsThatEndWhileTheirPartitionLeaves() {
        consumer.rebalance(List.of(ONE));
        Ledger ledger = partitions.get(ONE).ledger();
        ledger.delivered(0, Instant.EPOCH);
        ledger.advancedTo(1);
        whileLeaving = () -> ledger.complete(0);
        partitions.onPartitionsRevoked(List.of(ONE));
        assertThat(committed(ONE)).isEqualTo(new OffsetAndMetadata(1, Long.toString(NOW)));
    }

    @Test
    void commitsNothingForLostPartitions() {
        consumer.rebalance(List.of(ONE));
        partitions.get(ONE).ledger().advancedTo(9);
        partitions.onPartitionsLost(List.of(ONE));
        assertThat(committed(ONE).offset()).isZero();
        assertThat(departures).as("no orderly handover").containsExactly(false);
    }

    private static Turn.Claim claimOn(Assignment assignment) {
        TopicPartition partition = assignment.partition();
        return new Delivery(
                new ConsumerRecord<>(partition.topic(), partition.partition(), 0, new byte[0], new byte[0]),
                assignment,
                new Budget(1, 1, 1));
    }

    private OffsetAndMetadata committed(TopicPartition partition) {
        return consumer.committed(Set.of(partition)).get(partition);
    }

    private static PartitionInfo info(int partition) {
        Node node = new Node(1, "h", 1);
        return new PartitionInfo("turns", partition, node, new Node[] {node}, new Node[] {node});
    }

    private final class Departures implements RecordHandler {

        @Override
        public void onTurn(Turn turn) {}

        @Override
        public void onUnreadable(Turn.Claim claim, TurnError error) {}

        @Override
        public void onPartitionsLeaving(Predicate<Turn.Claim> ofPartition, boolean patient) {
            departures.add(patient);
            whileLeaving.run();
            Stream.of(partitions.get(ONE), partitions.get(OTHER))
                    .filter(assignment -> assignment != null && ofPartition.test(claimOn(assignment)))
                    .forEach(assignment -> heldByLeavingPartitions.add(assignment.held()));
        }
    }
}

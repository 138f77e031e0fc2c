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
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class PartitionsTest {

    private static final TopicPartition ONE = new TopicPartition("turns", 0);
    private static final TopicPartition OTHER = new TopicPartition("turns", 1);
    private static final long NOW = 1_000_000;

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
        public synchronized long position(TopicPartition partition) {
            if (positionFails && partition.equals(OTHER)) {
                throw new TimeoutException("the partition's leader is unavailable");
            }
            return super.position(partition);
        }
    };
    private final List<Integer> watched = new ArrayList<>();
    private boolean positionFails;
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
    void staysPausedUntilTheCoordinatorAcceptsTheToken() {
        commitFailures.add(new CommitFailedException());
        consumer.rebalance(List.of(ONE));
        assertThat(consumer.paused()).containsExactly(ONE);

        partitions.acquireFences();
        partitions.pause(false);
        assertThat(consumer.paused()).isEmpty();
        assertThat(partitions.get(ONE).hasFence()).isTrue();
    }

    @Test
    void resumesNoPausedPartitionWhenOthersAreAssigned() {
        consumer.rebalance(List.of(ONE));
        partitions.pause(true);
        consumer.rebalance(List.of(ONE, OTHER));
        assertThat(consumer.paused())
                .as("the bound also applies to new partitions")
                .containsExactlyInAnyOrder(ONE, OTHER);

        partitions.pause(false);
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void adoptsPartitionsLaterIfTheBrokerFailedInTheCallback() {
        commitFailures.add(new TimeoutException("unavailable"));
        assertThatThrownBy(() -> consumer.rebalance(List.of(ONE))).isInstanceOf(TimeoutException.class);
        assertThat(consumer.paused()).as("no record may arrive yet").containsExactly(ONE);

        partitions.adoptMissed();
        partitions.acquireFences();
        partitions.pause(false);
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
            Stream.of(partitions.get(ONE), partitions.get(OTHER))
                    .filter(assignment -> assignment != null && ofPartition.test(claimOn(assignment)))
                    .forEach(assignment -> heldByLeavingPartitions.add(assignment.held()));
        }
    }
}

package io.turnlane.chaos.simulation;

import io.turnlane.chaos.simulation.VirtualTime.SimulatedHost;
import io.turnlane.chaos.simulation.VirtualTime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Consumer of one processor of a simulation. Blocks only in {@link #poll}. For the poll strand. */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // a simulation has one thread at a time
final class SimulatedConsumer extends MockConsumer<byte[], byte[]> implements SimulatedKafka.GroupMember {

    private static final int MAX_RECORDS = 3;

    private final SimulatedKafka kafka;
    private final VirtualTime time;
    private final SimulatedHost host;
    private final Random random;
    private final SimulatedFaults faults;
    private final boolean commitsPositions;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Set<TopicPartition> owned = new LinkedHashSet<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private @Nullable ConsumerRebalanceListener listener;
    private @Nullable Strand polling;
    private long lastHeartbeat;

    /** @param commitsPositions true to commit the position instead of the given offset */
    SimulatedConsumer(SimulatedWorld world, SimulatedHost host, boolean commitsPositions) {
        super("none");
        this.kafka = world.kafka();
        this.time = world.time();
        this.host = host;
        this.random = world.random();
        this.faults = world.faults();
        this.commitsPositions = commitsPositions;
    }

    @Override
    public Duration silentFor() {
        if (!host.isDead() && !host.isFrozen(time)) {
            lastHeartbeat = time.nanos();
        }
        return Duration.ofNanos(time.nanos() - lastHeartbeat);
    }

    @Override
    public String toString() {
        return host.toString();
    }

    @Override
    public void wake() {
        if (polling != null) {
            time.wake(polling);
        }
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener rebalanceListener) {
        listener = rebalanceListener;
        lastHeartbeat = time.nanos();
        kafka.join(this);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        long end = time.nanos() + timeout.toNanos();
        while (true) {
            rebalance();
            ConsumerRecords<byte[], byte[]> records = fetch();
            if (!records.isEmpty()) {
                time.sleep(faults.latency());
                return records;
            }
            if (time.nanos() >= end) {
                return records;
            }
            polling = time.requireStrand();
            time.await(Duration.ofNanos(end - time.nanos()));
            polling = null;
        }
    }

    private void rebalance() {
        if (!kafka.isMember(this)) {
            lose();
            lastHeartbeat = time.nanos();
            kafka.join(this);
        }
        List<TopicPartition> revoked = new ArrayList<>(owned);
        revoked.removeAll(kafka.targetOf(this));
        giveUp(revoked);
        List<TopicPartition> added = kafka.targetOf(this).stream()
                .filter(partition -> !owned.contains(partition) && kafka.acquire(this, partition))
                .toList();
        if (!added.isEmpty()) {
            added.forEach(partition -> positions.put(partition, kafka.committedOffset(partition)));
            owned.addAll(added);
            callbacks().onPartitionsAssigned(added);
        }
    }

    private ConsumerRebalanceListener callbacks() {
        return Objects.requireNonNull(listener);
    }

    /** Drops partitions that the group has already given to others. */
    private void lose() {
        List<TopicPartition> lost = List.copyOf(owned);
        callbacks().onPartitionsLost(lost);
        drop(lost);
    }

    private void giveUp(List<TopicPartition> revoked) {
        if (!revoked.isEmpty()) {
            callbacks().onPartitionsRevoked(revoked);
            drop(revoked);
            revoked.forEach(partition -> kafka.release(this, partition));
        }
    }

    private void drop(Collection<TopicPartition> partitions) {
        owned.removeAll(partitions);
        paused.removeAll(partitions);
    }

    private ConsumerRecords<byte[], byte[]> fetch() {
        List<TopicPartition> ready = owned.stream()
                .filter(partition -> !paused.contains(partition)
                        && position(partition) < kafka.log(partition).size())
                .toList();
        if (ready.isEmpty()) {
            return ConsumerRecords.empty();
        }
        TopicPartition partition = ready.get(random.nextInt(ready.size()));
        int from = Math.toIntExact(position(partition));
        List<ConsumerRecord<byte[], byte[]>> log = kafka.log(partition);
        int to = Math.min(log.size(), from + 1 + random.nextInt(MAX_RECORDS));
        positions.put(partition, (long) to);
        return new ConsumerRecords<>(
                Map.of(partition, List.copyOf(log.subList(from, to))), Map.of(partition, new OffsetAndMetadata(to)));
    }

    @Override
    public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : offsets.entrySet()) {
            if (!commit(entry.getKey(), entry.getValue())) {
                throw new CommitFailedException();
            }
        }
    }

    @Override
    public void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
        try {
            commitSync(offsets);
            callback.onComplete(offsets, null);
        } catch (CommitFailedException e) {
            callback.onComplete(offsets, e);
        }
    }

    private boolean commit(TopicPartition partition, OffsetAndMetadata offset) {
        return kafka.commit(
                this,
                partition,
                commitsPositions ? new OffsetAndMetadata(position(partition), offset.metadata()) : offset);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata offset = kafka.committed(partition);
            if (offset != null) {
                committed.put(partition, offset);
            }
        }
        return committed;
    }

    @Override
    public Set<TopicPartition> assignment() {
        return Set.copyOf(owned);
    }

    @Override
    public long position(TopicPartition partition) {
        return positions.getOrDefault(partition, 0L);
    }

    @Override
    public long position(TopicPartition partition, Duration timeout) {
        return position(partition);
    }

    @Override
    public Set<TopicPartition> paused() {
        return Set.copyOf(paused);
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        paused.addAll(partitions);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        paused.removeAll(partitions);
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        return kafka.partitions().stream()
                .map(partition ->
                        new PartitionInfo(topic, partition.partition(), Node.noNode(), new Node[0], new Node[0]))
                .toList();
    }

    @Override
    public OptionalLong currentLag(TopicPartition partition) {
        return OptionalLong.of(kafka.log(partition).size() - position(partition));
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration timeout) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        partitions.forEach(
                partition -> ends.put(partition, (long) kafka.log(partition).size()));
        return ends;
    }

    /** Leaves the group. A dead process leaves nothing behind but its membership. */
    @Override
    public void close(CloseOptions options) {
        if (host.isDead()) {
            return;
        }
        if (kafka.isMember(this)) {
            giveUp(List.copyOf(owned));
            kafka.leave(this);
        } else {
            lose();
        }
    }
}

package io.turnlane.processor.intake;

import io.turnlane.processor.rebuild.PartitionAssignmentListener;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that this processor holds: how they come, get their fence, are committed, pause, and leave.
 *
 * <p>Threading: all of it belongs to the poll thread; the group's callbacks run on it too, within a poll. Nothing here
 * waits for anything that needs the poll thread.
 */
class Partitions implements ConsumerRebalanceListener {

    private static final Logger log = LoggerFactory.getLogger(Partitions.class);

    private final Consumer<byte[], byte[]> consumer;
    private final String topic;
    private final RecordHandler reception;
    private final InstantSource clock;
    private final RecordReader reader;
    private final PartitionAssignmentListener watch;
    private final Map<TopicPartition, Assignment> assignments = new HashMap<>();
    private int partitionCount;

    Partitions(
            Consumer<byte[], byte[]> consumer,
            String topic,
            RecordHandler reception,
            InstantSource clock,
            RecordReader reader,
            PartitionAssignmentListener watch) {
        this.consumer = consumer;
        this.topic = topic;
        this.reception = reception;
        this.clock = clock;
        this.reader = reader;
        this.watch = watch;
    }

    @Nullable
    Assignment get(TopicPartition partition) {
        return assignments.get(partition);
    }

    /** How many partitions the topic has, ours and others'. */
    int partitionCount() {
        return partitionCount;
    }

    int heldCount() {
        return assignments.size();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> added) {
        adopt(added);
        log.atInfo()
                .addKeyValue("added", added.size())
                .addKeyValue("held", assignments.size())
                .log("partitions assigned");
    }

    /** Takes in what the group gave us while a callback was cut short by an error; called before each poll. */
    void adoptMissed() {
        Set<TopicPartition> leftOut = new HashSet<>(consumer.assignment());
        leftOut.removeAll(assignments.keySet());
        if (!leftOut.isEmpty()) {
            adopt(leftOut);
        }
    }

    /**
     * They pause first: no record may come before there is a ledger to note it and a fence to write under. They go on
     * when the poll thread looks next who may: a bound that is reached, or a drain, holds for what comes too.
     */
    private void adopt(Collection<TopicPartition> added) {
        consumer.pause(added);
        partitionCount = consumer.partitionsFor(topic).size();
        List<Assignment> adopted = added.stream()
                .map(partition -> new Assignment(partition, consumer.position(partition), reader))
                .toList(); // all or none: those left out are found by adoptLeftOut
        adopted.forEach(assignment -> assignments.put(assignment.partition(), assignment));
        watch.partitionsAssigned(adopted);
        acquireFences();
    }

    /**
     * Partitions leave in good order: what can end in a moment does, the frontier is committed, then they go. The
     * claims end first, so that a flight either is stopped below or sees that it may not begin.
     */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> gone) {
        leave(gone, true);
        commitSync();
        gone.forEach(assignments::remove);
        log.atInfo()
                .addKeyValue("gone", gone.size())
                .addKeyValue("held", assignments.size())
                .log("partitions revoked");
    }

    /** Partitions are somebody else's already: there is nothing to wait for, and nothing to commit. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> gone) {
        leave(gone, false);
        gone.forEach(assignments::remove);
        log.atWarn().addKeyValue("gone", gone.size()).log("partitions lost");
    }

    private void leave(Collection<TopicPartition> gone, boolean patient) {
        Set<Assignment> leaving = ours(gone);
        leaving.forEach(Assignment::end);
        reception.onPartitionsLeaving(claim -> isOf(claim, leaving), patient);
    }

    private Set<Assignment> ours(Collection<TopicPartition> partitions) {
        Set<Assignment> ours = new HashSet<>();
        for (TopicPartition partition : partitions) {
            Assignment assignment = assignments.get(partition);
            if (assignment != null) {
                ours.add(assignment);
            }
        }
        return ours;
    }

    private static boolean isOf(Object claim, Set<Assignment> assignments) {
        return claim instanceof Delivery delivery && assignments.contains(delivery.assignment());
    }

    /**
     * Takes a token for each assignment that wants one, by committing the frontier with the token as metadata: larger
     * than the one that stands there, and refused by the coordinator where the partition isn't ours any more. What was
     * refused is tried again the next time round; until then the partition stays paused.
     */
    void acquireFences() {
        List<Assignment> wanting =
                assignments.values().stream().filter(Assignment::needsFence).toList();
        if (wanting.isEmpty()) {
            return;
        }
        try {
            Map<TopicPartition, OffsetAndMetadata> tokens = nextTokens(wanting);
            consumer.commitSync(tokens);
            wanting.forEach(assignment -> assignment.setFence(tokenOf(tokens.get(assignment.partition()))));
        } catch (CommitFailedException | RebalanceInProgressException e) {
            log.atWarn()
                    .addKeyValue("partitions", wanting.size())
                    .addKeyValue("error", e.getClass().getSimpleName())
                    .log("no fence yet");
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> nextTokens(List<Assignment> wanting) {
        Set<TopicPartition> partitions = new HashSet<>();
        wanting.forEach(assignment -> partitions.add(assignment.partition()));
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
        Map<TopicPartition, OffsetAndMetadata> tokens = new HashMap<>();
        for (Assignment assignment : wanting) {
            long previous = Math.max(tokenOf(committed.get(assignment.partition())), assignment.fence());
            long token = Math.max(previous + 1, clock.millis());
            tokens.put(
                    assignment.partition(),
                    new OffsetAndMetadata(assignment.ledger().frontier(), Long.toString(token)));
        }
        return tokens;
    }

    private static long tokenOf(@Nullable OffsetAndMetadata committed) {
        return committed == null || committed.metadata().isEmpty() ? 0 : Long.parseLong(committed.metadata());
    }

    /**
     * Pauses and resumes as things stand now; nothing is remembered from before.
     *
     * @param all whether every partition is to pause; else those without a fence
     */
    void pause(boolean all) {
        Set<TopicPartition> wanted = new HashSet<>();
        assignments.forEach((partition, assignment) -> {
            if (all || !assignment.hasFence()) {
                wanted.add(partition);
            }
        });
        wanted.retainAll(consumer.assignment());
        Set<TopicPartition> others = new HashSet<>(consumer.paused());
        others.removeAll(wanted);
        consumer.resume(others);
        consumer.pause(wanted);
    }

    /** Sends the frontiers that moved, and doesn't wait. */
    void commitAsync() {
        Map<TopicPartition, OffsetAndMetadata> due = due();
        if (!due.isEmpty()) {
            consumer.commitAsync(due, (offsets, e) -> {
                if (e != null) {
                    commitFailed(offsets.keySet(), e);
                }
            });
        }
    }

    /**
     * Sends the frontiers that moved, and waits: before partitions leave. What is lost is delivered again, and told
     * again.
     */
    void commitSync() {
        Map<TopicPartition, OffsetAndMetadata> due = due();
        try {
            consumer.commitSync(due);
        } catch (KafkaException e) {
            commitFailed(due.keySet(), e);
        }
    }

    private void commitFailed(Set<TopicPartition> partitions, Exception e) {
        ours(partitions).forEach(Assignment::commitFailed);
        log.atWarn().addKeyValue("error", e.getClass().getSimpleName()).log("commit failed");
    }

    private Map<TopicPartition, OffsetAndMetadata> due() {
        Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
        assignments.forEach((partition, assignment) -> {
            if (assignment.commitDue()) {
                due.put(partition, assignment.startCommit());
            }
        });
        return due;
    }

    /** Records of our partitions that we haven't been given yet, as far as the consumer knows. */
    long lag() {
        long lag = 0;
        for (TopicPartition partition : consumer.assignment()) {
            lag += consumer.currentLag(partition).orElse(0);
        }
        return lag;
    }

    /** How long the oldest open turn has been open. */
    Duration oldestAge(Instant now) {
        return assignments.values().stream()
                .flatMap(assignment -> assignment.ledger().oldest().stream())
                .min(Instant::compareTo)
                .map(oldest -> Duration.between(oldest, now))
                .orElse(Duration.ZERO);
    }
}

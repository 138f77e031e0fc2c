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
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that this processor holds. Handles their assignment and revocation, acquires their fences, commits
 * their offsets, and pauses and resumes them.
 *
 * <p>Threading: only the poll thread calls this class. Kafka calls the rebalance callbacks on this thread too, within a
 * poll. Methods of this class must not wait for work that only the poll thread can do, because the thread would then
 * wait forever.
 */
class Partitions implements ConsumerRebalanceListener {

    private static final Logger log = LoggerFactory.getLogger(Partitions.class);

    /** Minimum time between two requests of {@link #lag} to the broker. */
    private static final Duration END_OFFSETS_INTERVAL = Duration.ofSeconds(1);

    private static final Duration END_OFFSETS_TIMEOUT = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final String topic;
    private final RecordHandler handler;
    private final InstantSource clock;
    private final RecordReader reader;
    private final PartitionAssignmentListener assignmentListener;
    private final Map<TopicPartition, Assignment> assignments = new HashMap<>();
    private Map<TopicPartition, Long> endOffsets = Map.of();
    private boolean endOffsetsRead;
    private long endOffsetsNanos;
    private boolean allPaused;
    private int partitionCount;

    Partitions(
            Consumer<byte[], byte[]> consumer,
            String topic,
            RecordHandler handler,
            InstantSource clock,
            RecordReader reader,
            PartitionAssignmentListener assignmentListener) {
        this.consumer = consumer;
        this.topic = topic;
        this.handler = handler;
        this.clock = clock;
        this.reader = reader;
        this.assignmentListener = assignmentListener;
    }

    @Nullable
    Assignment get(TopicPartition partition) {
        return assignments.get(partition);
    }

    /** Returns the number of partitions of the topic, including those of other processors. */
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

    /**
     * Starts to hold assigned partitions that are not held yet. This is necessary if the callback for their assignment
     * failed. Called before each poll.
     */
    void adoptMissed() {
        Set<TopicPartition> missed = new HashSet<>(consumer.assignment());
        missed.removeAll(assignments.keySet());
        if (!missed.isEmpty()) {
            adopt(missed);
        }
    }

    /**
     * Starts to hold the partitions. Pauses them first, because a record must not be delivered before its partition has
     * a ledger and a fence. The next call of {@link #pause} resumes them, unless the budget is exhausted or the
     * processor is draining.
     */
    private void adopt(Collection<TopicPartition> added) {
        consumer.pause(added);
        partitionCount = consumer.partitionsFor(topic).size();
        List<Assignment> adopted = added.stream()
                .map(partition -> new Assignment(partition, consumer.position(partition), reader))
                .toList(); // if one partition fails, none is held yet, and adoptMissed retries all of them
        adopted.forEach(assignment -> assignments.put(assignment.partition(), assignment));
        assignmentListener.partitionsAssigned(adopted);
        acquireFences();
    }

    /**
     * Gives up partitions in a rebalance. First marks the assignments as ended, so that no further flight (execution of
     * a turn) begins. Then the record handler hands over or stops the running flights. It waits a bounded time for
     * flights that are about to end. Finally, commits the offsets and drops the assignments.
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

    /** Drops partitions that already have a new owner. Does not wait for flights and does not commit offsets. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> gone) {
        leave(gone, false);
        gone.forEach(assignments::remove);
        log.atWarn().addKeyValue("gone", gone.size()).log("partitions lost");
    }

    private void leave(Collection<TopicPartition> gone, boolean orderly) {
        Set<Assignment> leaving = assignmentsOf(gone);
        leaving.forEach(Assignment::end);
        handler.onPartitionsLeaving(claim -> leaving.contains(claim.assignmentKey()), orderly);
    }

    private Set<Assignment> assignmentsOf(Collection<TopicPartition> partitions) {
        Set<Assignment> found = new HashSet<>();
        for (TopicPartition partition : partitions) {
            Assignment assignment = assignments.get(partition);
            if (assignment != null) {
                found.add(assignment);
            }
        }
        return found;
    }

    /**
     * Acquires a new fence for each assignment that needs one. To do so, commits the frontier with the new fence as
     * metadata. The new fence is larger than the last committed one. The group's coordinator rejects the commit if this
     * processor no longer owns the partition. A rejected commit is retried after the next poll. A partition without a
     * fence stays paused.
     */
    void acquireFences() {
        List<Assignment> withoutToken =
                assignments.values().stream().filter(Assignment::needsFence).toList();
        if (withoutToken.isEmpty()) {
            return;
        }
        try {
            Map<TopicPartition, OffsetAndMetadata> tokens = nextTokens(withoutToken);
            consumer.commitSync(tokens);
            withoutToken.forEach(assignment -> assignment.setFence(tokenOf(tokens.get(assignment.partition()))));
        } catch (CommitFailedException | RebalanceInProgressException e) {
            log.atWarn()
                    .addKeyValue("partitions", withoutToken.size())
                    .addKeyValue("error", e.getClass().getSimpleName())
                    .log("fence not acquired; retrying after the next poll");
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> nextTokens(List<Assignment> withoutToken) {
        Set<TopicPartition> partitions = new HashSet<>();
        withoutToken.forEach(assignment -> partitions.add(assignment.partition()));
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
        Map<TopicPartition, OffsetAndMetadata> tokens = new HashMap<>();
        for (Assignment assignment : withoutToken) {
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
     * Pauses partitions and resumes all others. Without a share for each partition, a few partitions with many waiting
     * turns of few sessions would fill the heap, and the sessions of the other partitions would wait.
     *
     * @param all true to pause every partition; false to pause only the partitions without a fence and those that hold
     *     their share of records while a partition below its share has records to read
     * @param share number of records in the heap that a partition may hold while others wait
     */
    void pause(boolean all, int share) {
        allPaused = all;
        boolean fair = !all && isAnyOver(share) && isAnyWaitingBelow(share);
        if (!all && !fair && isFenced() && consumer.paused().isEmpty()) {
            return; // nothing changes in most polls
        }
        Set<TopicPartition> toPause = new HashSet<>();
        assignments.forEach((partition, assignment) -> {
            if (all || !assignment.hasFence() || (fair && assignment.recordCount() >= share)) {
                toPause.add(partition);
            }
        });
        toPause.retainAll(consumer.assignment());
        Set<TopicPartition> toResume = new HashSet<>(consumer.paused());
        toResume.removeAll(toPause);
        consumer.resume(toResume);
        consumer.pause(toPause);
    }

    private boolean isAnyOver(int share) {
        for (Assignment assignment : assignments.values()) {
            if (assignment.recordCount() >= share) {
                return true;
            }
        }
        return false;
    }

    private boolean isAnyWaitingBelow(int share) {
        for (Assignment assignment : assignments.values()) {
            if (assignment.hasFence()
                    && assignment.recordCount() < share
                    && consumer.currentLag(assignment.partition()).orElse(0) > 0) {
                return true;
            }
        }
        return false;
    }

    private boolean isFenced() {
        for (Assignment assignment : assignments.values()) {
            if (!assignment.hasFence()) {
                return false;
            }
        }
        return true;
    }

    /** Finds skipped offsets at the end of the log, where no later record reveals them. Called before commits. */
    void findSkipped() {
        assignments.forEach((partition, assignment) -> {
            try {
                skipTo(assignment, consumer.position(partition, Duration.ZERO));
            } catch (TimeoutException | IllegalStateException e) {
                // The consumer does not know its position yet, or the partition is leaving.
            }
        });
    }

    /** Notifies the handler if the consumer skipped the offsets before the next record. */
    void skipTo(Assignment assignment, long next) {
        assignment
                .ledger()
                .skipTo(next, clock.instant())
                .ifPresent(from -> handler.onSkipped(new SkippedRecords(assignment, from, partitionCount)));
    }

    /** Commits the frontiers that have advanced, without waiting for the result. */
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
     * Commits the frontiers that have advanced, and waits for the result. Called before partitions leave. If the commit
     * fails, the new owner receives the records again and re-publishes the stored results.
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
        assignmentsOf(partitions).forEach(Assignment::commitFailed);
        log.atWarn().addKeyValue("error", e.getClass().getSimpleName()).log("offset commit failed");
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

    /**
     * Returns the states of the held partitions.
     *
     * @param nanos current time in ns, of a clock that never jumps
     */
    List<PartitionState> states(Instant now, long nanos) {
        if (allPaused && isEndOffsetsReadDue()) {
            readEndOffsets();
        }
        Set<TopicPartition> assigned = consumer.assignment();
        return assignments.values().stream()
                .map(assignment -> state(assignment, assigned.contains(assignment.partition()), now, nanos))
                .toList();
    }

    private PartitionState state(Assignment assignment, boolean assigned, Instant now, long nanos) {
        long lag = assigned ? lag(assignment) : 0;
        Ledger ledger = assignment.ledger();
        Duration oldestAge = ledger.oldest()
                .map(oldest -> Duration.between(oldest, now))
                .filter(Duration::isPositive)
                .orElse(Duration.ZERO);
        return new PartitionState(
                assignment.number(),
                ledger.frontier(),
                ledger.position(),
                ledger.openCount(),
                lag,
                oldestAge,
                assignment.frontierStill(lag > 0, nanos));
    }

    /**
     * Returns the number of records of the partition that have not been polled yet. The consumer knows this number from
     * its fetches. If all partitions are paused, the consumer fetches nothing, so this method uses the ends of the
     * partitions, which the broker is asked for at most once a second.
     */
    private long lag(Assignment assignment) {
        Long end = endOffsets.get(assignment.partition());
        return allPaused && end != null
                ? Math.max(0, end - assignment.ledger().position())
                : consumer.currentLag(assignment.partition()).orElse(0);
    }

    private boolean isEndOffsetsReadDue() {
        return !endOffsetsRead || System.nanoTime() - endOffsetsNanos >= END_OFFSETS_INTERVAL.toNanos();
    }

    private void readEndOffsets() {
        endOffsetsRead = true;
        endOffsetsNanos = System.nanoTime();
        try {
            endOffsets = consumer.endOffsets(assignments.keySet(), END_OFFSETS_TIMEOUT);
        } catch (KafkaException e) {
            log.atDebug().setCause(e).log("ends of the paused partitions not read");
        }
    }
}

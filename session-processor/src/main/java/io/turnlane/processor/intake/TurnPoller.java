package io.turnlane.processor.intake;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.processor.rebuild.PartitionAssignmentListener;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The poll thread: with its {@link Partitions} the only user of the consumer. It polls, hands records over, pauses,
 * takes fences and commits; it never works on a turn and never waits for one.
 *
 * <p>Why not a listener container with asynchronous acknowledgements: that pauses every partition while one record of a
 * poll is open, so that one slow answer would hold up all sessions (O2), and it can't commit beyond a gap.
 *
 * <p>Threading: {@link #run} belongs to one platform thread. Other threads may call {@link #pause}, {@link #stop},
 * {@link #awaitStopped}, {@link #hasFailed} and {@link #statistics}; they reach the poll thread through volatile
 * fields.
 */
public final class TurnPoller implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(TurnPoller.class);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final IntakeSettings settings;
    private final RecordHandler reception;
    private final InstantSource clock;
    private final Partitions partitions;
    private final Budget budget;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private Instant lastCommit;
    private volatile boolean stopping;
    private volatile boolean pausing;
    private volatile IntakeStatistics statistics;

    public TurnPoller(
            Consumer<byte[], byte[]> consumer,
            IntakeSettings settings,
            RecordHandler reception,
            InstantSource clock,
            RecordReader reader,
            PartitionAssignmentListener watch) {
        this.consumer = consumer;
        this.settings = settings;
        this.reception = reception;
        this.clock = clock;
        this.partitions = new Partitions(consumer, settings.topic(), reception, clock, reader, watch);
        this.budget = new Budget(settings.maxTurns(), settings.maxBytes(), settings.maxUnloaded());
        this.lastCommit = clock.instant();
        this.statistics = new IntakeStatistics(lastCommit, 0, 0, 0, Duration.ZERO);
    }

    /**
     * What the poll thread last saw.
     *
     * @param at when it last came round: a health check's pulse
     * @param open turns held: buffered, running and waiting for a retry, and places in deep lanes
     */
    public record IntakeStatistics(Instant at, int partitions, int open, long lag, Duration oldestAge) {}

    public IntakeStatistics statistics() {
        return statistics;
    }

    /** Polls until it is told to stop; survives everything else. */
    @Override
    public void run() {
        try {
            consumer.subscribe(List.of(settings.topic()), partitions);
            while (!stopping) {
                comeRound();
            }
            partitions.commitSync();
        } catch (Error e) {
            log.atError().setCause(e).log("poll thread ends; this processor does nothing any more");
            throw e;
        } finally {
            close();
            statistics = new IntakeStatistics(clock.instant(), 0, 0, 0, Duration.ZERO); // what is held no more
        }
    }

    /** Whether the poll thread has ended though nobody stopped it. */
    public boolean hasFailed() {
        return stopped.getCount() == 0 && !stopping;
    }

    private void comeRound() {
        try {
            partitions.adoptMissed();
            take(consumer.poll(settings.pollTime()));
            partitions.acquireFences();
            partitions.pause(pausing || budget.isExhausted());
            commitWhenDue();
            look();
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("poll failed; going on");
            breathe();
        }
    }

    private void breathe() {
        try {
            var _ = stopped.await(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Assignment assignment = partitions.get(new TopicPartition(record.topic(), record.partition()));
            if (assignment != null) {
                take(record, assignment);
            }
        }
        records.nextOffsets().forEach((partition, next) -> {
            Assignment assignment = partitions.get(partition);
            if (assignment != null) {
                assignment.ledger().advancedTo(next.offset());
            }
        });
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Assignment assignment) {
        assignment.ledger().delivered(record.offset(), clock.instant());
        Delivery delivery = new Delivery(record, assignment, budget);
        try {
            reception.onTurn(TurnReader.read(record, partitions.partitionCount(), delivery));
        } catch (UnreadableRecordException e) {
            reception.onUnreadable(delivery, TurnError.of(ErrorCode.UNREADABLE_RECORD, String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            // A mistake of ours at one record must not skip those behind it.
            log.atError().addKeyValue("offset", record.offset()).setCause(e).log("record not taken; it is put aside");
            reception.onUnreadable(delivery, TurnError.of(ErrorCode.UNREADABLE_RECORD, "it could not be taken in"));
        }
    }

    private void commitWhenDue() {
        Instant now = clock.instant();
        if (Duration.between(lastCommit, now).compareTo(settings.commitInterval()) >= 0) {
            lastCommit = now;
            partitions.commitAsync();
        }
    }

    private void look() {
        Instant now = clock.instant();
        statistics = new IntakeStatistics(
                now, partitions.heldCount(), budget.openTurns(), partitions.lag(), partitions.oldestAge(now));
    }

    /** Takes nothing more from the log, and stays a member of the group. */
    public void pause() {
        pausing = true;
    }

    /** Ends {@link #run}, which commits and leaves the group. */
    public void stop() {
        stopping = true;
    }

    /**
     * Waits for the end of {@link #run}.
     *
     * @return false where the time passed before
     */
    public boolean awaitStopped(Duration most) throws InterruptedException {
        return stopped.await(most.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void close() {
        try {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
        } catch (KafkaException e) {
            log.atWarn().setCause(e).log("leaving the group failed; the group will notice by itself");
        } finally {
            stopped.countDown();
        }
    }
}

package io.turnlane.processor.intake;

import io.turnlane.log.KafkaProblem;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.processor.rebuild.PartitionAssignmentListener;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loop of the poll thread. Only this class and its {@link Partitions} use the consumer. The loop polls, passes records
 * to the handler, acquires fences, pauses partitions and commits offsets. It never works on a turn and never waits for
 * one.
 *
 * <p>Threading: one platform thread executes {@link #run}. Any thread may call the other methods.
 *
 * <p>The journey of a turn continues in {@link TurnRecordHandler}.
 */
public final class TurnPoller implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(TurnPoller.class);
    private static final Duration FAILURE_DELAY = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final IntakeSettings settings;
    private final RecordHandler handler;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Partitions partitions;
    private final Budget budget;
    private final IntakeMonitor monitor;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private long lastCommitNanos;
    private volatile boolean stopping;
    private volatile boolean pausing;

    /**
     * Creates a poll thread's task.
     *
     * @param clock clock for ages and fences; can jump to the time of Redis
     * @param nanoTime source of times in ns that never jump
     */
    public TurnPoller(
            Consumer<byte[], byte[]> consumer,
            IntakeSettings settings,
            RecordHandler handler,
            InstantSource clock,
            LongSupplier nanoTime,
            RecordReader reader,
            PartitionAssignmentListener assignmentListener) {
        this.consumer = consumer;
        this.settings = settings;
        this.handler = handler;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.lastCommitNanos = nanoTime.getAsLong();
        this.partitions = new Partitions(consumer, settings.topic(), handler, clock, reader, assignmentListener);
        this.budget = new Budget(settings.maxTurns(), settings.maxBytes(), settings.maxUnloaded());
        this.monitor = new IntakeMonitor(partitions, budget, clock, nanoTime);
    }

    /** Returns the state after the latest poll. */
    public IntakeStatistics statistics() {
        return monitor.statistics();
    }

    /**
     * Polls until {@link #stop} is called. Logs exceptions and continues. Only an {@link Error} or an interrupt ends
     * the loop early.
     */
    @Override
    public void run() {
        try {
            consumer.subscribe(List.of(settings.topic()), partitions);
            while (!stopping) {
                pollOnce();
            }
            partitions.commitSync();
        } catch (Error e) {
            log.atError()
                    .setCause(e)
                    .log("poll thread terminated; this processor handles no more records and must be restarted");
            throw e;
        } finally {
            close();
            monitor.ended();
        }
    }

    /** Returns true if the poll thread has ended although {@link #stop} was not called. */
    public boolean hasFailed() {
        return stopped.getCount() == 0 && !stopping;
    }

    private void pollOnce() {
        try {
            partitions.adoptMissed();
            ConsumerRecords<byte[], byte[]> records = consumer.poll(budget.pollTime(settings.pollTime()));
            handle(records);
            partitions.acquireFences();
            boolean exhausted = budget.isExhausted();
            partitions.pause(pausing || exhausted, budget.partitionShare(partitions.heldCount()));
            commitIfDue();
            monitor.polled(records.isEmpty(), exhausted);
        } catch (RuntimeException e) {
            KafkaProblem.log(log.atError(), "poll failed; retrying", e);
            waitAfterFailure();
        }
    }

    private void waitAfterFailure() {
        try {
            var _ = stopped.await(FAILURE_DELAY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    private void handle(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            Assignment assignment = partitions.get(partition);
            if (assignment != null) {
                List<ConsumerRecord<byte[], byte[]>> delivered = records.records(partition);
                partitions.skipTo(assignment, delivered.getFirst().offset());
                delivered.forEach(record -> handle(record, assignment));
            }
        }
        records.nextOffsets().forEach((partition, next) -> {
            Assignment assignment = partitions.get(partition);
            if (assignment != null) {
                assignment.ledger().advancedTo(next.offset());
            }
        });
    }

    private void handle(ConsumerRecord<byte[], byte[]> record, Assignment assignment) {
        assignment.ledger().delivered(record.offset(), clock.instant());
        Delivery delivery = new Delivery(record, assignment, budget);
        try {
            handler.onTurn(TurnReader.read(record, partitions.partitionCount(), delivery));
        } catch (UnreadableRecordException e) {
            handler.onUnreadable(delivery, TurnError.of(ErrorCode.UNREADABLE_RECORD, String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            // If the processing of one record fails because of a defect, the loop must still process the records behind
            // it.
            log.atError()
                    .addKeyValue("offset", record.offset())
                    .setCause(e)
                    .log("record could not be processed; moving it to quarantine");
            handler.onUnreadable(
                    delivery,
                    TurnError.of(
                            ErrorCode.UNREADABLE_RECORD,
                            "The processor could not process this record. Its log has the cause."));
        }
    }

    private void commitIfDue() {
        long now = nanoTime.getAsLong();
        if (now - lastCommitNanos >= settings.commitInterval().toNanos()) {
            lastCommitNanos = now;
            partitions.findSkipped();
            partitions.commitAsync();
        }
    }

    /** Stops reading new records. The processor stays a member of the group. */
    public void pause() {
        pausing = true;
    }

    /** Makes {@link #run} commit, leave the group and return. */
    public void stop() {
        stopping = true;
    }

    /**
     * Waits until {@link #run} has returned.
     *
     * @return false if the time passed first
     */
    public boolean awaitStopped(Duration timeout) throws InterruptedException {
        return stopped.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void close() {
        try {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
        } catch (KafkaException e) {
            log.atWarn()
                    .setCause(e)
                    .log("could not leave the group; the group removes this member after its session timeout");
        } finally {
            stopped.countDown();
        }
    }
}

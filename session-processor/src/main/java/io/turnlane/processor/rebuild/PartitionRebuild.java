package io.turnlane.processor.rebuild;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.rebuild.recall.RecallCollector;
import io.turnlane.processor.rebuild.recall.RecallLimits;
import io.turnlane.processor.rebuild.recall.SessionLog;
import io.turnlane.processor.turn.StepRetrier.Pause;
import io.turnlane.store.MemoryUnavailableException;
import io.turnlane.store.loss.LossMarkers;
import io.turnlane.store.loss.RebuildReport;
import io.turnlane.store.memory.RecalledSession;
import io.turnlane.store.memory.SessionRestore;
import io.turnlane.store.memory.SessionRestore.RestoreResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Restores the sessions of a partition from the log. Reads the log in one pass and runs one script per session. Waits
 * and retries if Redis or Kafka doesn't answer. Then stores a report that marks the partition's memory as intact. The
 * report contains the digest that the loss markers had before the pass, so that a loss during the rebuild is detected
 * later.
 *
 * <p>Thread-safe; called by threads that may block.
 *
 * @param observer receives the report of each rebuilt partition
 * @param processor id of this processor, for reports
 * @param pause suspends the calling thread; can't be interrupted
 * @param passSlots limits the number of concurrent passes over the log, because each pass holds sessions in the heap
 */
public record PartitionRebuild(
        SessionLog sessionLog,
        SessionRestore restore,
        LossMarkers markers,
        Consumer<RebuildReport> observer,
        RecallLimits limits,
        String processor,
        InstantSource clock,
        Pause pause,
        Semaphore passSlots) {

    private static final Logger log = LoggerFactory.getLogger(PartitionRebuild.class);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    /** Time between two checks for the fence, which the poll thread sets soon after the assignment. */
    private static final Duration FENCE_CHECK_INTERVAL = Duration.ofMillis(20);

    /** Thrown if the partition left, or if the store rejected its fence. The message gives the reason. */
    private static final class RebuildAbandonedException extends RuntimeException {
        RebuildAbandonedException(String why) {
            super(why, null, false, false);
        }
    }

    /** Rebuilds the partition's memory. Retries until the rebuild succeeds or the partition has left. */
    void rebuildUntilIntact(HeldPartition partition) {
        while (partition.held() && !withPassSlot(() -> tryRebuild(partition))) {
            pause.pause(RETRY_DELAY);
        }
    }

    private boolean tryRebuild(HeldPartition partition) {
        try {
            rebuild(partition);
            return true;
        } catch (RebuildAbandonedException e) {
            log.atInfo()
                    .addKeyValue("partition", partition.number())
                    .addKeyValue("why", e.getMessage())
                    .log("rebuild abandoned");
            return false;
        } catch (RuntimeException e) {
            log.atWarn()
                    .addKeyValue("partition", partition.number())
                    .addKeyValue("error", e)
                    .log("memory rebuild failed; it is retried");
            return false;
        }
    }

    private void rebuild(HeldPartition partition) {
        while (partition.fence() < 0) {
            pauseWhileHeld(partition, FENCE_CHECK_INTERVAL);
        }
        String digest = markers.readOrCreate(List.of(partition.number())).digest();
        Instant began = now();
        RecallCollector recall = recall(partition, null);
        List<RecalledSession> sessions = recall.sessions(now());
        int turns = 0;
        int failed = 0;
        for (RecalledSession session : sessions) {
            try {
                turns += restore(session, partition);
            } catch (RebuildAbandonedException e) {
                throw e;
            } catch (RuntimeException e) { // the session can't be stored; the other sessions must not wait for it
                failed++;
                logFailed(session, e);
            }
        }
        RebuildReport report = new RebuildReport(
                digest,
                partition.number(),
                processor,
                now(),
                sessions.size(),
                turns,
                recall.dropped() + failed,
                Duration.between(began, now()));
        markers.storeIntact(report);
        reportRebuild(report);
    }

    private static void logFailed(RecalledSession session, RuntimeException e) {
        log.atError()
                .addKeyValue("session", session.session().sessionId())
                .setCause(e)
                .log("session could not be restored from the log; it is left out of the rebuild");
    }

    private void reportRebuild(RebuildReport report) {
        observer.accept(report);
        log.atLevel(report.dropped() > 0 ? Level.WARN : report.sessions() > 0 ? Level.INFO : Level.DEBUG)
                .addKeyValue("partition", report.partition())
                .addKeyValue("sessions", report.sessions())
                .addKeyValue("turns", report.turns())
                .addKeyValue("dropped", report.dropped())
                .addKeyValue("millis", report.took().toMillis())
                .log("memory rebuilt"); // at DEBUG if the partition has no sessions
    }

    private int restore(RecalledSession session, HeldPartition partition) {
        while (true) {
            try {
                RestoreResult restored = restore.restore(session, partition.fence(), partition.number(), null);
                if (restored.fenced()) {
                    partition.renewFence();
                    throw new RebuildAbandonedException("a newer fence is needed first");
                }
                return restored.turns();
            } catch (MemoryUnavailableException e) {
                pauseWhileHeld(partition, RETRY_DELAY);
            }
        }
    }

    /**
     * Rebuilds one session, even if the loss markers show no loss.
     *
     * @param wantedBy command that requested the rebuild
     */
    RestoreResult rebuildSession(SessionKey session, HeldPartition partition, RequestId wantedBy) {
        return withPassSlot(() -> {
            try {
                List<RecalledSession> lives = recall(partition, session).sessions(now());
                RecalledSession last = lives.isEmpty() ? RecalledSession.empty(session) : lives.getLast();
                lives.stream().limit(Math.max(0, lives.size() - 1)).forEach(life -> restore(life, partition));
                return restore.restore(last, partition.fence(), partition.number(), wantedBy);
            } catch (RebuildAbandonedException e) {
                return RestoreResult.FENCED; // the command is delivered again, to the partition's owner
            }
        });
    }

    /** @param only the only session to read; null for all */
    private RecallCollector recall(HeldPartition partition, @Nullable SessionKey only) {
        RecallCollector recall = new RecallCollector(limits, partition::isDone, only);
        SessionLog log = sessionLog;
        if (!log.readPartition(partition.number(), partition.firstOpen(), recall, partition::held)) {
            throw new RebuildAbandonedException("the partition left");
        }
        return recall;
    }

    private <T> T withPassSlot(Supplier<T> work) {
        passSlots.acquireUninterruptibly();
        try {
            return work.get();
        } finally {
            passSlots.release();
        }
    }

    private void pauseWhileHeld(HeldPartition partition, Duration delay) {
        if (!partition.held()) {
            throw new RebuildAbandonedException("the partition left");
        }
        pause.pause(delay);
    }

    private Instant now() {
        return clock.instant();
    }
}

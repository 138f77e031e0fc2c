package io.turnlane.processor.rebuild;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.memory.MemoryUnavailableException;
import io.turnlane.processor.memory.RecalledSession;
import io.turnlane.processor.memory.SessionRestore.RestoreResult;
import io.turnlane.processor.rebuild.recall.RecallCollector;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Puts back what the log holds of a partition's sessions: one pass over the log, then a script a session. Where the
 * store or the log is away it waits and goes on; only when all is done does it say so, under the markers as they stood
 * before.
 *
 * <p>Safe for threads; called by threads that may block.
 */
public final class PartitionRebuild {

    private static final Logger log = LoggerFactory.getLogger(PartitionRebuild.class);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final RebuildKit kit;

    public PartitionRebuild(RebuildKit kit) {
        this.kit = kit;
    }

    /** The partition left, or its fence was refused; the message says which. */
    private static final class RebuildAbandonedException extends RuntimeException {
        RebuildAbandonedException(String why) {
            super(why, null, false, false);
        }
    }

    /** Finds the partition's memory whole or makes it so; returns when it is, or when the partition has left. */
    void rebuildUntilIntact(HeldPartition partition) {
        while (partition.held() && !atAPlace(() -> tried(partition))) {
            kit.environment().pause().pause(AGAIN);
        }
    }

    private boolean tried(HeldPartition partition) {
        try {
            rebuild(partition);
            return true;
        } catch (RebuildAbandonedException e) {
            log.atInfo()
                    .addKeyValue("partition", partition.number())
                    .addKeyValue("why", e.getMessage())
                    .log("rebuild given up");
            return false;
        } catch (RuntimeException e) {
            log.atWarn()
                    .addKeyValue("partition", partition.number())
                    .addKeyValue("error", e)
                    .log("memory isn't rebuilt yet");
            return false;
        }
    }

    private void rebuild(HeldPartition partition) {
        awaitThat(partition, () -> partition.fence() >= 0);
        String digest =
                kit.ports().markers().readOrCreate(List.of(partition.number())).digest();
        Instant began = now();
        RecallCollector recall = recall(partition, null);
        List<RecalledSession> sessions = recall.sessions(now());
        int turns = 0;
        for (RecalledSession session : sessions) {
            turns += restore(session, partition);
        }
        RebuildReport report = new RebuildReport(
                digest,
                partition.number(),
                kit.environment().processor(),
                now(),
                sessions.size(),
                turns,
                recall.dropped(),
                Duration.between(began, now()));
        kit.ports().markers().storeIntact(report);
        tell(report);
    }

    /** Nothing is done by a partition without sessions, and nothing is said. */
    private void tell(RebuildReport report) {
        kit.ports().observer().accept(report);
        log.atLevel(report.dropped() > 0 ? Level.WARN : report.sessions() > 0 ? Level.INFO : Level.DEBUG)
                .addKeyValue("partition", report.partition())
                .addKeyValue("sessions", report.sessions())
                .addKeyValue("turns", report.turns())
                .addKeyValue("dropped", report.dropped())
                .addKeyValue("millis", report.took().toMillis())
                .log("memory rebuilt");
    }

    private int restore(RecalledSession session, HeldPartition partition) {
        while (true) {
            try {
                RestoreResult restored =
                        kit.ports().restore().restore(session, partition.fence(), partition.number(), null);
                if (restored.fenced()) {
                    partition.renewFence();
                    throw new RebuildAbandonedException("a newer fence is taken first");
                }
                return restored.turns();
            } catch (MemoryUnavailableException e) {
                holdOn(partition);
            }
        }
    }

    /**
     * Puts back one session, whatever the markers say.
     *
     * @param wantedBy the command that asked for it
     */
    RestoreResult rebuildSession(SessionKey session, HeldPartition partition, RequestId wantedBy) {
        return atAPlace(() -> {
            try {
                List<RecalledSession> lives = recall(partition, session).sessions(now());
                RecalledSession last = lives.isEmpty() ? RecalledSession.empty(session) : lives.getLast();
                lives.stream().limit(Math.max(0, lives.size() - 1)).forEach(life -> restore(life, partition));
                return kit.ports().restore().restore(last, partition.fence(), partition.number(), wantedBy);
            } catch (RebuildAbandonedException e) {
                return RestoreResult.FENCED; // whoever owns the partition now is given the command again
            }
        });
    }

    /** @param only the one session that counts; null for all */
    private RecallCollector recall(HeldPartition partition, @Nullable SessionKey only) {
        RecallCollector recall = new RecallCollector(kit.limits(), partition::isDone, only);
        if (!kit.ports().sessionLog().readPartition(partition.number(), recall, partition::held)) {
            throw new RebuildAbandonedException("the partition left");
        }
        return recall;
    }

    private <T> T atAPlace(Supplier<T> work) {
        kit.environment().passSlots().acquireUninterruptibly();
        try {
            return work.get();
        } finally {
            kit.environment().passSlots().release();
        }
    }

    private void awaitThat(HeldPartition partition, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            holdOn(partition);
        }
    }

    private void holdOn(HeldPartition partition) {
        if (!partition.held()) {
            throw new RebuildAbandonedException("the partition left");
        }
        kit.environment().pause().pause(AGAIN);
    }

    private Instant now() {
        return kit.environment().clock().instant();
    }
}

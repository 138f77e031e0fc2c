package io.turnlane.processor.intake;

import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.OfferResult;
import io.turnlane.processor.turn.Handover;
import io.turnlane.processor.turn.RecordQuarantine;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.WaitingTurns;
import io.turnlane.store.memory.SessionMemory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Adds the turns of the turns topic to the lanes of their sessions.
 *
 * <p>Threading: only the poll thread calls this class. Steps that may block run on other threads.
 *
 * <p>The journey of a turn continues in {@link LaneScheduler}.
 *
 * @param skippedRecords handles offsets for which no record was delivered; called on a thread that may block
 */
public record TurnRecordHandler(
        LaneScheduler<SessionKey, Turn> lanes,
        Handover handover,
        SessionMemory memory,
        WaitingTurns waitingTurns,
        RecordQuarantine quarantine,
        Consumer<SkippedRecords> skippedRecords,
        Executor executor,
        InstantSource clock)
        implements RecordHandler {

    /** Number of turns of a lane whose records stay in the heap. Of later turns, only the log positions stay. */
    private static final int MAX_LOADED = RecordReader.MAX_RECORDS;

    /**
     * Adds the turn to its lane. If earlier turns of its session are ahead, publishes the turn's position or applies
     * its policy for a busy session. If the turn waits only for a slot, loads its session's memory into the cache in
     * the meantime.
     *
     * <p>If the lane already holds a turn with the same request id, the new record is a duplicate, and this method
     * completes it without running it. The result of the first record counts for both. A gateway publishes a duplicate
     * if it does not know whether its first publication succeeded.
     *
     * <p>Completes the record of a cancel at once. The request record in Redis already contains the cancel. The record
     * in the log is needed only to rebuild lost memory.
     */
    @Override
    public void onTurn(Turn turn) {
        if (CancelTurn.TYPE.equals(turn.envelope().type())) {
            turn.claim().complete();
            return;
        }
        OfferResult offered = lanes.offer(turn.session(), turn);
        if (offered.duplicate()) {
            turn.claim().complete();
            return;
        }
        waitingTurns.cancelIfRequested(turn);
        if (offered.ahead() > 0) {
            handleWaiting(turn, offered.ahead());
        } else if (!offered.running()) {
            executor.execute(() -> memory.prefetch(turn.session()));
        }
        Duration left = turn.timeUntilDeadline(clock.instant());
        if (left != null && !offered.running()) {
            // When this time has passed, a script checks by Redis' clock if the deadline has passed.
            waitingTurns.scheduleDeadline(turn, left);
        }
    }

    private void handleWaiting(Turn turn, int position) {
        switch (turn.envelope().policy()) {
            case ENQUEUE -> {
                unloadIfDeep(turn, position);
                executor.execute(() -> waitingTurns.publishQueued(turn, position));
            }
            case REJECT, INTERRUPT, ROLLBACK, COALESCE ->
                waitingTurns.applyPolicy(turn, () -> unloadIfDeep(turn, position));
        }
    }

    private static void unloadIfDeep(Turn turn, int position) {
        if (position >= MAX_LOADED) {
            turn.claim().unload();
        }
    }

    @Override
    public void onUnreadable(Turn.Claim claim, TurnError error) {
        executor.execute(() -> quarantine.quarantine(claim, error, 0));
    }

    @Override
    public void onSkipped(SkippedRecords skipped) {
        executor.execute(() -> skippedRecords.accept(skipped));
    }

    @Override
    public void onPartitionsLeaving(Predicate<Turn.Claim> belongsToPartitions, boolean orderly) {
        Predicate<Turn> matching = turn -> belongsToPartitions.test(turn.claim());
        lanes.withdraw(matching).forEach(turn -> turn.claim().release());
        if (orderly) {
            handover.handOver(matching);
        } else {
            handover.stop(matching);
        }
    }
}

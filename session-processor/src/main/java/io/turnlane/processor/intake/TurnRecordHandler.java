package io.turnlane.processor.intake;

import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.LaneScheduler.OfferResult;
import io.turnlane.processor.memory.SessionMemory;
import io.turnlane.processor.turn.Handover;
import io.turnlane.processor.turn.RecordQuarantine;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.WaitingTurns;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/** From the poll thread into the lanes. Called by the poll thread only; whatever may block runs on the executor. */
public final class TurnRecordHandler implements RecordHandler {

    /** So many turns of a lane are kept whole; of those behind only the place in the log. */
    private static final int DEEP = RecordReader.MAX_RECORDS;

    private final LaneScheduler<SessionKey, Turn> lanes;
    private final Handover handover;
    private final SessionMemory memory;
    private final WaitingTurns waiting;
    private final RecordQuarantine putAside;
    private final Executor executor;
    private final InstantSource clock;

    public TurnRecordHandler(
            LaneScheduler<SessionKey, Turn> lanes,
            Handover handover,
            SessionMemory memory,
            WaitingTurns waiting,
            RecordQuarantine putAside,
            Executor executor,
            InstantSource clock) {
        this.lanes = lanes;
        this.handover = handover;
        this.memory = memory;
        this.waiting = waiting;
        this.putAside = putAside;
        this.executor = executor;
        this.clock = clock;
    }

    /**
     * A turn that must wait is told so, where others of its session are ahead, or its policy decides what becomes of it
     * and of them; else its memory is fetched meanwhile. A twin of a turn that its lane holds, as gateways make when
     * they don't know the end of a publication, is one too many: whatever follows from the first counts for both.
     */
    @Override
    public void onTurn(Turn turn) {
        OfferResult place = lanes.offer(turn.session(), turn);
        if (place.duplicate()) {
            turn.claim().complete();
            return;
        }
        waiting.cancelIfRequested(turn);
        if (place.ahead() > 0) {
            letWait(turn, place.ahead());
        } else if (!place.running()) {
            executor.execute(() -> memory.prefetch(turn.session()));
        }
        Instant deadline = turn.envelope().deadline();
        if (deadline != null && !place.running()) {
            waiting.scheduleDeadline(turn, leftUntil(deadline));
        }
    }

    private void letWait(Turn turn, int position) {
        switch (turn.envelope().policy()) {
            case ENQUEUE -> {
                shedWhereDeep(turn, position);
                executor.execute(() -> waiting.publishQueued(turn, position));
            }
            case REJECT, INTERRUPT, ROLLBACK, COALESCE ->
                waiting.applyPolicy(turn, () -> shedWhereDeep(turn, position));
        }
    }

    private static void shedWhereDeep(Turn turn, int position) {
        if (position >= DEEP) {
            turn.claim().unload();
        }
    }

    /** By our clock and the gateway's; memory's own has the last word. */
    private Duration leftUntil(Instant deadline) {
        Duration left = Duration.between(clock.instant(), deadline);
        return left.isNegative() ? Duration.ZERO : left;
    }

    @Override
    public void onUnreadable(Turn.Claim claim, TurnError error) {
        executor.execute(() -> putAside.quarantine(claim, error, 0));
    }

    @Override
    public void onPartitionsLeaving(Predicate<Turn.Claim> ofPartition, boolean patient) {
        Predicate<Turn> which = turn -> ofPartition.test(turn.claim());
        lanes.withdraw(which).forEach(turn -> turn.claim().release());
        if (patient) {
            handover.handOver(which);
        } else {
            handover.stop(which);
        }
    }
}

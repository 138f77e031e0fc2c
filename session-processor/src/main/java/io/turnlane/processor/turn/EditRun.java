package io.turnlane.processor.turn;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionState;
import io.turnlane.model.TurnError;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.store.memory.EditResult;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.SessionEdits;
import io.turnlane.store.memory.SessionEdits.EditConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A flight (execution in a lane) of a command that changes its session and calls no agent: update, import or fork. Only
 * the lane thread of the flight uses this object.
 *
 * <p>A fork involves two sessions, which have separate lanes and, on a Redis Cluster, possibly separate nodes. When the
 * fork is at the head of the source session's lane, this class copies the session and publishes the copy as an import
 * command of the target session. The fork is complete when Kafka has acknowledged this command and the result is
 * stored. If the processor crashes after the publication but before the fork is complete, the fork is delivered again
 * and its copy is published twice. The target's lane recognises the duplicate by its request id.
 */
final class EditRun {

    /**
     * Maximum total size of the turns in a copy, in bytes of JSON. The copy must fit in one record. If the turns are
     * larger, the oldest ones are left out.
     */
    private static final int MAX_COPY_BYTES = 3 * 1024 * 1024;

    private static final TurnError TURN_NOT_FOUND =
            TurnError.of(ErrorCode.NOT_FOUND, "The session's history does not contain the turn to fork after.");
    static final TurnError NOTHING_COPIED = TurnError.of(
            ErrorCode.NOT_FOUND,
            "Nothing was copied because the fork failed. The request in the source session has the cause.");

    private final TurnKit kit;
    private final StepRetrier retrier;
    private final Turn turn;
    private final FlightRef ref;

    EditRun(TurnKit kit, StepRetrier retrier, Flight flight) {
        this.kit = kit;
        this.retrier = retrier;
        this.turn = flight.turn();
        this.ref = TurnRunner.refOf(turn, flight.id());
    }

    LaneOutcome run(SessionChange command) {
        return handle(command, retrier.call(turn.claim(), () -> edit(command, false)));
    }

    private LaneOutcome handle(SessionChange command, EditResult result) {
        return switch (result) {
            case EditResult.SnapshotTaken taken -> publishCopy((ForkSession) command, taken.state());
            case EditResult.RecordMissing missing -> waitForRebuild(command, missing);
            case EditResult.EditFenced _ -> {
                report("fenced");
                yield TurnRunner.renewFence(turn);
            }
            case EditResult.EditEnded ended -> complete(command, ended.failed());
        };
    }

    private LaneOutcome waitForRebuild(SessionChange command, EditResult.RecordMissing missing) {
        if (kit.services().lostMemory().reportMissing(turn.claim(), missing.sessionLost())) {
            return new LaneOutcome.RunAgain(TurnRunner.REBUILD_CHECK_DELAY);
        }
        retrier.restoreSession(turn, kit.services().lostMemory(), missing.sessionLost());
        return handle(command, retrier.call(turn.claim(), () -> edit(command, true)));
    }

    private EditResult edit(SessionChange command, boolean lossRuledOut) {
        SessionEdits edits = kit.services().edits();
        EditConditions conditions = new EditConditions(kit.isTooOld(turn), lossRuledOut);
        return switch (command) {
            case UpdateSession update -> edits.update(ref, update, conditions);
            case ImportSession importCommand -> edits.replace(ref, importCommand, conditions);
            case ForkSession fork -> edits.snapshot(ref, fork, conditions);
        };
    }

    private LaneOutcome publishCopy(ForkSession fork, SessionState state) {
        Optional<SessionState> copy = copyUpTo(fork.afterRequestId(), state, fork);
        copy.ifPresent(taken ->
                retrier.publish(turn.claim(), () -> kit.services().commands().publish(importOf(fork, taken))));
        TurnError error = copy.isPresent() ? null : TURN_NOT_FOUND;
        return handle(
                fork, retrier.call(turn.claim(), () -> kit.services().edits().completeFork(ref, fork, error)));
    }

    private static ImportSession importOf(ForkSession fork, SessionState copy) {
        return new ImportSession(
                fork.requestId(),
                fork.into(),
                fork.userId(),
                fork.createdAt(),
                copy,
                new ImportSession.ForkOrigin(fork.sessionId(), fork.afterRequestId()));
    }

    private Optional<SessionState> copyUpTo(RequestId last, SessionState state, ForkSession fork) {
        List<PastTurn> turns = new ArrayList<>();
        for (PastTurn past : state.turns()) {
            turns.add(past);
            if (past.requestId().equals(last)) {
                List<PastTurn> kept = newestThatFit(turns);
                Duration processingTime =
                        turns.stream().map(PastTurn::processingTime).reduce(Duration.ZERO, Duration::plus);
                return Optional.of(new SessionState(
                        state.agent(),
                        state.metadata(),
                        state.ttl(),
                        fork.createdAt(),
                        turns.size(),
                        processingTime,
                        kept));
            }
        }
        return Optional.empty();
    }

    private List<PastTurn> newestThatFit(List<PastTurn> turns) {
        List<PastTurn> kept = new ArrayList<>();
        long bytes = 0;
        for (PastTurn past : turns.reversed()) {
            bytes += kit.services().wire().writeValue(past).length;
            if (bytes > MAX_COPY_BYTES && !kept.isEmpty()) {
                break;
            }
            kept.addFirst(past);
        }
        return kept;
    }

    private LaneOutcome complete(SessionChange command, boolean failed) {
        if (failed && command instanceof ForkSession fork) {
            retrier.run(turn.claim(), () -> kit.services().edits().abandonFork(fork, NOTHING_COPIED));
        }
        report(failed ? "refused" : "edited");
        return TurnRunner.complete(turn);
    }

    private void report(String outcome) {
        kit.services()
                .observer()
                .flightEnded(new TurnReport(turn.session(), turn.requestId(), "", outcome, "", 0, Map.of()));
    }
}

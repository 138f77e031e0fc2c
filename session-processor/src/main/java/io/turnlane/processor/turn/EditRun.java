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
import io.turnlane.processor.memory.EditResult;
import io.turnlane.processor.memory.FlightRef;
import io.turnlane.processor.memory.SessionEdits;
import io.turnlane.processor.memory.SessionEdits.EditConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One run of a command that changes its session and asks nothing. Used by one thread, once.
 *
 * <p>A fork touches two sessions, which are two lanes and, on a Redis Cluster, two nodes. Its copy is taken here, in
 * the source's order, and goes to the target's lane on the log; only then is this command done. Whoever dies in between
 * has it delivered again, and publishes the copy a second time: the target's lane knows the twin by its request id.
 */
final class EditRun {

    /** Of a copy, as JSON; it has to fit one record. Its oldest turns are left out where it would be larger. */
    private static final int MOST_COPIED = 3 * 1024 * 1024;

    private static final TurnError NO_TURN =
            TurnError.of(ErrorCode.NOT_FOUND, "The session's memory doesn't hold this turn.");
    private static final TurnError NO_COPY = TurnError.of(
            ErrorCode.NOT_FOUND, "There was nothing to copy: see the request in the session it was asked of.");

    private final TurnKit kit;
    private final StepRetrier patience;
    private final Turn turn;
    private final FlightRef ref;

    EditRun(TurnKit kit, StepRetrier patience, Flight flight) {
        this.kit = kit;
        this.patience = patience;
        this.turn = flight.turn();
        this.ref = TurnRunner.refOf(turn, flight.id());
    }

    LaneOutcome run(SessionChange command) {
        return ended(command, patience.call(turn.claim(), () -> edit(command, false)));
    }

    private LaneOutcome ended(SessionChange command, EditResult edited) {
        return switch (edited) {
            case EditResult.SnapshotTaken taken -> copied((ForkSession) command, taken.state());
            case EditResult.RecordMissing _ -> waitOrBeSure(command);
            case EditResult.EditFenced _ -> {
                report("fenced");
                yield TurnRunner.renewFence(turn);
            }
            case EditResult.EditEnded done -> done(command, done.failed());
        };
    }

    private LaneOutcome waitOrBeSure(SessionChange command) {
        if (kit.services().lostMemory().reportMissing(turn.claim(), false)) {
            return new LaneOutcome.RunAgain(TurnRunner.REBUILD_CHECK_DELAY);
        }
        return ended(command, patience.call(turn.claim(), () -> edit(command, true)));
    }

    private EditResult edit(SessionChange command, boolean sure) {
        SessionEdits edits = kit.services().edits();
        EditConditions terms = new EditConditions(kit.isTooOld(turn), sure);
        return switch (command) {
            case UpdateSession update -> edits.update(ref, update, terms);
            case ImportSession given -> edits.replace(ref, given, terms);
            case ForkSession fork -> edits.snapshot(ref, fork, terms);
        };
    }

    private LaneOutcome copied(ForkSession fork, SessionState state) {
        Optional<SessionState> copy = upTo(fork.afterRequestId(), state, fork);
        copy.ifPresent(taken ->
                patience.publish(turn.claim(), () -> kit.services().commands().publish(brought(fork, taken))));
        TurnError error = copy.isPresent() ? null : NO_TURN;
        return ended(
                fork, patience.call(turn.claim(), () -> kit.services().edits().completeFork(ref, fork, error)));
    }

    private static ImportSession brought(ForkSession fork, SessionState copy) {
        return new ImportSession(
                fork.requestId(),
                fork.into(),
                fork.userId(),
                fork.createdAt(),
                copy,
                new ImportSession.ForkOrigin(fork.sessionId(), fork.afterRequestId()));
    }

    private Optional<SessionState> upTo(RequestId last, SessionState state, ForkSession fork) {
        List<PastTurn> turns = new ArrayList<>();
        for (PastTurn past : state.turns()) {
            turns.add(past);
            if (past.requestId().equals(last)) {
                List<PastTurn> kept = fitting(turns);
                Duration processing =
                        turns.stream().map(PastTurn::processingTime).reduce(Duration.ZERO, Duration::plus);
                return Optional.of(new SessionState(
                        state.agent(),
                        state.metadata(),
                        state.ttl(),
                        fork.createdAt(),
                        turns.size(),
                        processing,
                        kept));
            }
        }
        return Optional.empty();
    }

    private List<PastTurn> fitting(List<PastTurn> turns) {
        List<PastTurn> kept = new ArrayList<>();
        long bytes = 0;
        for (PastTurn past : turns.reversed()) {
            bytes += kit.services().wire().writeValue(past).length;
            if (bytes > MOST_COPIED && !kept.isEmpty()) {
                break;
            }
            kept.addFirst(past);
        }
        return kept;
    }

    private LaneOutcome done(SessionChange command, boolean failed) {
        if (failed && command instanceof ForkSession fork) {
            patience.run(turn.claim(), () -> kit.services().edits().abandonFork(fork, NO_COPY));
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

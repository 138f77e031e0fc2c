package io.turnlane.processor.turn;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneWork;
import io.turnlane.processor.turn.StepRetrier.ClaimLostException;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import io.turnlane.processor.turn.TurnEnds.TurnEnd;
import io.turnlane.store.memory.SessionMemory;
import io.turnlane.store.memory.SessionRestore.RestoreResult;
import java.util.Map;

/**
 * Runs the turn at the head of a lane. Lane threads call this class, one thread at a time for each session. It keeps no
 * state between calls.
 *
 * <p>The journey of a turn continues in {@link AskRunner}.
 */
record TurnRunner(
        Flights flights,
        AskRunner asks,
        EditRunner edits,
        TurnEnds ends,
        StepRetrier retrier,
        SessionMemory memory,
        LostMemory lostMemory,
        FailingTurns failing,
        WireFormat wire)
        implements LaneWork<SessionKey, Turn> {

    @Override
    public LaneOutcome run(SessionKey session, Turn turn) {
        if (!lostMemory.isReady(turn.claim())) {
            return turn.unlessLeft(TurnEnds.awaitRebuild());
        }
        Flight flight = flights.open(turn);
        try {
            if (!turn.claim().held()) {
                throw new ClaimLostException();
            }
            return turn.unlessLeft(execute(flight, turn));
        } catch (ClaimLostException e) {
            return turn.release();
        } catch (RuntimeException | Error e) { // after an Error, too, the next turn must not overtake this one
            return failing.unexpectedError(flight, e);
        } finally {
            flights.close(flight);
        }
    }

    private LaneOutcome execute(Flight flight, Turn turn) {
        try {
            return switch (retrier.readCommand(turn, wire)) {
                case Ask ask -> asks.run(flight, ask);
                case CancelTurn _ -> turn.complete();
                case DeleteSession _ -> deleteSession(turn, flight);
                case RebuildSession _ -> rebuild(flight, turn);
                case SessionChange change -> edits.run(flight, change);
            };
        } catch (UnreadableRecordException e) {
            return failing.endAsFailed(
                    flight, TurnError.of(ErrorCode.UNREADABLE_RECORD, String.valueOf(e.getMessage())), 0);
        } catch (RecordGoneException e) {
            return failing.endAsFailed(
                    flight,
                    TurnError.of(ErrorCode.EXPIRED, "The question waited longer than the log keeps it. Ask it again."),
                    0);
        }
    }

    private LaneOutcome deleteSession(Turn turn, Flight flight) {
        boolean erased = retrier.call(turn.claim(), () -> memory.delete(flight.ref()));
        TurnEnd end = endOf(flight);
        return erased ? end.complete("deleted", "", 0) : end.fenced(0);
    }

    private LaneOutcome rebuild(Flight flight, Turn turn) {
        RestoreResult restored = retrier.call(turn.claim(), () -> lostMemory.rebuild(turn));
        TurnEnd end = endOf(flight);
        return restored.fenced() ? end.fenced(0) : end.complete("rebuilt", "", 0);
    }

    private TurnEnd endOf(Flight flight) {
        return ends.of(flight.turn(), flight.id(), retrier, "", Map.of());
    }
}

package io.turnlane.processor.turn;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestStatus;
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
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SessionMemory;
import io.turnlane.store.memory.SessionMemory.GiveUpResult;
import io.turnlane.store.memory.SessionRestore.RestoreResult;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the turn at the head of a lane. Lane threads call this class, one thread at a time for each session. It keeps no
 * state between calls.
 */
final class TurnRunner implements LaneWork<SessionKey, Turn> {

    private static final Logger log = LoggerFactory.getLogger(TurnRunner.class);

    private final Flights flights;
    private final AskRunner asks;
    private final EditRunner edits;
    private final TurnEnds ends;
    private final StepRetrier retrier;
    private final SessionMemory memory;
    private final LostMemory lostMemory;
    private final WireFormat wire;
    private final RetryPolicy retries;
    private final RandomGenerator random;

    TurnRunner(
            Flights flights,
            AskRunner asks,
            EditRunner edits,
            TurnEnds ends,
            StepRetrier retrier,
            SessionMemory memory,
            LostMemory lostMemory,
            WireFormat wire,
            RetryPolicy retries,
            RandomGenerator random) {
        this.flights = flights;
        this.asks = asks;
        this.edits = edits;
        this.ends = ends;
        this.retrier = retrier;
        this.memory = memory;
        this.lostMemory = lostMemory;
        this.wire = wire;
        this.retries = retries;
        this.random = random;
    }

    @Override
    public LaneOutcome run(SessionKey session, Turn turn) {
        if (!lostMemory.isReady(turn.claim())) {
            return releaseIfPartitionLeft(turn, TurnEnds.awaitRebuild());
        }
        Flight flight = flights.open(turn);
        try {
            if (!turn.claim().held()) {
                throw new ClaimLostException();
            }
            return releaseIfPartitionLeft(turn, execute(flight, turn));
        } catch (ClaimLostException e) {
            return turn.release();
        } catch (RuntimeException | Error e) { // after an Error, too, the next turn must not overtake this one
            return unexpectedError(flight, e);
        } finally {
            flights.close(flight);
        }
    }

    /**
     * Releases the turn if the outcome asks for another run but the turn's partition has left. The new owner of the
     * partition runs the turn.
     */
    private static LaneOutcome releaseIfPartitionLeft(Turn turn, LaneOutcome outcome) {
        return switch (outcome) {
            case LaneOutcome.RunAgain _ when !turn.claim().held() -> turn.release();
            case LaneOutcome.RunAgain _, LaneOutcome.Done _ -> outcome;
        };
    }

    /**
     * Retries a turn or command after an unexpected exception. Its cause is a defect of the processor or a value that
     * the processor cannot handle. Allows as many such exceptions as failures of the agent, but counts them separately.
     * After the last one, ends the turn as failed and moves its record to quarantine, so that the session's next turn
     * can run.
     */
    private LaneOutcome unexpectedError(Flight flight, Throwable e) {
        Turn turn = flight.turn();
        int failures = turn.claim().countFailure();
        boolean last = retries.isExhausted(failures);
        log.atError()
                .addKeyValue("user", turn.session().namespace())
                .addKeyValue("session", turn.session().sessionId())
                .addKeyValue("request", turn.requestId())
                .addKeyValue("type", turn.envelope().type())
                .addKeyValue("failures", failures)
                .setCause(e)
                .log(
                        last
                                ? "unexpected error while running a turn; giving up"
                                : "unexpected error while running a turn; retrying");
        return last ? giveUp(flight, failures) : new LaneOutcome.RunAgain(retries.backOff(failures, random));
    }

    private LaneOutcome giveUp(Flight flight, int failures) {
        Turn turn = flight.turn();
        TurnError error = TurnError.of(
                ErrorCode.POISON,
                "The processor failed " + failures + " times while it ran this request. Its log has the cause. Change"
                        + " the request before you send it again.");
        try {
            return releaseIfPartitionLeft(turn, endAsFailed(flight, error, failures));
        } catch (ClaimLostException e) {
            return turn.release();
        } catch (RuntimeException | Error e) {
            return giveUpWithoutMemory(flight, error, failures, e);
        }
    }

    /**
     * Publishes the end of a turn although it cannot be stored in memory. This happens if, for example, another program
     * has changed the session's keys in Redis.
     */
    private LaneOutcome giveUpWithoutMemory(Flight flight, TurnError error, int failures, Throwable cause) {
        Turn turn = flight.turn();
        log.atError()
                .addKeyValue("user", turn.session().namespace())
                .addKeyValue("session", turn.session().sessionId())
                .addKeyValue("request", turn.requestId())
                .setCause(cause)
                .log("the failure of a turn could not be stored; it is only published");
        try {
            endOf(flight).publishUnstored(error, failures);
            return turn.complete();
        } catch (ClaimLostException e) {
            return turn.release();
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
            return endAsFailed(flight, TurnError.of(ErrorCode.UNREADABLE_RECORD, String.valueOf(e.getMessage())), 0);
        } catch (RecordGoneException e) {
            return endAsFailed(
                    flight,
                    TurnError.of(ErrorCode.EXPIRED, "The question waited longer than the log keeps it. Ask it again."),
                    0);
        }
    }

    /**
     * Ends a turn or command as failed, because its record cannot be read or processed. Copies the record to quarantine
     * and publishes the failure. The turn is at the head of its lane, so earlier turns of the session have ended.
     *
     * @param failures number of failed attempts to process the record
     */
    private LaneOutcome endAsFailed(Flight flight, TurnError error, int failures) {
        Turn turn = flight.turn();
        String type = turn.envelope().type();
        GiveUpResult result = retrier.call(
                turn.claim(), () -> memory.giveUp(flight.ref(), Ask.TYPE.equals(type) ? null : type, error, failures));
        return switch (result) {
            case MemoryResult.AlreadyEnded ended -> {
                TurnEnd end = endOf(flight);
                end.republish(ended.ending(), null);
                if (failures > 0 && ended.ending().status() == RequestStatus.FAILED) {
                    edits.abandonFork(turn);
                }
                yield end.complete(failures > 0 ? "poison" : "unreadable", "", 0);
            }
            case MemoryResult.HandoverPending leaving -> TurnEnds.awaitPreviousFlight(leaving);
            case MemoryResult.NotOwned notOwned -> endOf(flight).notOwned(notOwned, 0);
        };
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

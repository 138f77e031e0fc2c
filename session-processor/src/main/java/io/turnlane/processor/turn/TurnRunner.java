package io.turnlane.processor.turn;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneWork;
import io.turnlane.processor.turn.StepRetrier.ClaimLostException;
import io.turnlane.processor.turn.Turn.Envelope;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import io.turnlane.store.memory.BeginResult;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.SessionMemory.GiveUpResult;
import io.turnlane.store.memory.SessionRestore.RestoreResult;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the turn at the head of a lane. Lane threads call this class, one thread at a time for each session. It keeps no
 * state between calls.
 */
public final class TurnRunner implements LaneWork<SessionKey, Turn> {

    /**
     * Delay after which a turn runs again if it requested a newer fence. The poll thread acquires the fence between two
     * polls.
     */
    private static final Duration FENCE_DELAY = Duration.ofMillis(200);

    /** Delay between checks for the end of a rebuild. */
    static final Duration REBUILD_CHECK_DELAY = Duration.ofMillis(200);

    /** Maximum delay between two checks for the end of the previous owner's flight. */
    private static final Duration HANDOVER_CHECK_DELAY = Duration.ofMillis(150);

    private static final Logger log = LoggerFactory.getLogger(TurnRunner.class);

    private final TurnKit kit;
    private final Flights flights;
    private final StepRetrier retrier;

    public TurnRunner(TurnKit kit, Flights flights) {
        this.kit = kit;
        this.flights = flights;
        this.retrier = new StepRetrier(kit.runtime().pause());
    }

    @Override
    public LaneOutcome run(SessionKey session, Turn turn) {
        if (!kit.services().lostMemory().isReady(turn.claim())) {
            return releaseIfPartitionLeft(turn, new LaneOutcome.RunAgain(REBUILD_CHECK_DELAY));
        }
        Flight flight = flights.open(turn);
        try {
            if (!turn.claim().held()) {
                throw new ClaimLostException();
            }
            return releaseIfPartitionLeft(turn, execute(flight, turn));
        } catch (ClaimLostException e) {
            return release(turn);
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
            case LaneOutcome.RunAgain _ when !turn.claim().held() -> release(turn);
            case LaneOutcome.RunAgain _, LaneOutcome.Done _ -> outcome;
        };
    }

    private static LaneOutcome release(Turn turn) {
        turn.claim().release();
        return LaneOutcome.DONE;
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
        boolean last = kit.rules().retries().isExhausted(failures);
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
        return last
                ? giveUp(flight, failures)
                : new LaneOutcome.RunAgain(
                        kit.rules().retries().backOff(failures, kit.runtime().random()));
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
            return release(turn);
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
            new TurnEnd(kit, retrier, turn, flight.id()).publishUnstored(error, failures);
            return complete(turn);
        } catch (ClaimLostException e) {
            return release(turn);
        }
    }

    private LaneOutcome execute(Flight flight, Turn turn) {
        try {
            return switch (read(turn, retrier, kit.services().wire())) {
                case Ask ask -> new AskRun(kit, retrier, flight, ask).run();
                case CancelTurn _ -> complete(turn);
                case DeleteSession _ -> deleteSession(turn, flight);
                case RebuildSession _ -> rebuild(turn);
                case SessionChange change -> new EditRun(kit, retrier, flight).run(change);
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
     * Reads the turn's command.
     *
     * @throws UnreadableRecordException if the value cannot be read, or if the record's key or headers contradict the
     *     value
     * @throws RecordGoneException if the log no longer holds the record
     */
    static SessionCommand read(Turn turn, StepRetrier retrier, WireFormat wire)
            throws UnreadableRecordException, RecordGoneException {
        Envelope envelope = turn.envelope();
        if (!WireFormat.isReadable(envelope.schemaVersion())) {
            throw new UnreadableRecordException("unknown schema version");
        }
        byte[] value = retrier.readValue(turn.claim());
        if (value == null) {
            throw new UnreadableRecordException("the record has no value");
        }
        SessionCommand command = wire.readCommand(envelope.type(), value);
        if (!command.key().equals(turn.session()) || !command.requestId().equals(turn.requestId())) {
            throw new UnreadableRecordException("the record's key or request-id header contradicts its value");
        }
        return command;
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
                turn.claim(),
                () -> kit.services()
                        .memory()
                        .giveUp(refOf(turn, flight.id()), Ask.TYPE.equals(type) ? null : type, error, failures));
        return switch (result) {
            case BeginResult.AlreadyEnded ended -> {
                new TurnEnd(kit, retrier, turn, flight.id()).republish(ended.ending());
                if (failures > 0 && ended.ending().status() == RequestStatus.FAILED) {
                    abandonFork(turn);
                }
                report(turn, failures > 0 ? "poison" : "unreadable");
                yield complete(turn);
            }
            case BeginResult.HandoverPending leaving -> awaitPreviousFlight(leaving);
            case BeginResult.Erased _ -> complete(turn);
            case BeginResult.Fenced _ -> renewFence(turn);
        };
    }

    /**
     * If the turn is a fork, releases the session id that the fork reserved. If the fork failed before it published its
     * copy, nothing else would release the id.
     */
    private void abandonFork(Turn turn) {
        try {
            if (ForkSession.TYPE.equals(turn.envelope().type())
                    && read(turn, retrier, kit.services().wire()) instanceof ForkSession fork) {
                retrier.run(turn.claim(), () -> kit.services().edits().abandonFork(fork, EditRun.NOTHING_COPIED));
            }
        } catch (UnreadableRecordException | RecordGoneException e) {
            log.atWarn()
                    .addKeyValue("request", turn.requestId())
                    .log("the session reserved by a failed fork cannot be released; the reservation expires");
        }
    }

    private LaneOutcome deleteSession(Turn turn, Flight flight) {
        boolean erased =
                retrier.call(turn.claim(), () -> kit.services().memory().delete(refOf(turn, flight.id())));
        report(turn, erased ? "deleted" : "fenced");
        return erased ? complete(turn) : renewFence(turn);
    }

    private LaneOutcome rebuild(Turn turn) {
        RestoreResult restored =
                retrier.call(turn.claim(), () -> kit.services().lostMemory().rebuild(turn));
        report(turn, restored.fenced() ? "fenced" : "rebuilt");
        return restored.fenced() ? renewFence(turn) : complete(turn);
    }

    private void report(Turn turn, String outcome) {
        kit.services()
                .observer()
                .flightEnded(new TurnReport(turn.session(), turn.requestId(), "", outcome, "", 0, Map.of()));
    }

    static FlightRef refOf(Turn turn, String flight) {
        return new FlightRef(
                turn.session(),
                turn.requestId(),
                flight,
                turn.claim().fence(),
                turn.partition(),
                turn.offset(),
                turn.loggedAt());
    }

    static LaneOutcome complete(Turn turn) {
        turn.claim().complete();
        return LaneOutcome.DONE;
    }

    /**
     * Makes the turn run again when the handover ends, but after {@link #HANDOVER_CHECK_DELAY} at the latest. Until
     * then, the previous owner's flight can still end the turn.
     */
    static LaneOutcome awaitPreviousFlight(BeginResult.HandoverPending leaving) {
        Duration left = leaving.left();
        return new LaneOutcome.RunAgain(left.compareTo(HANDOVER_CHECK_DELAY) < 0 ? left : HANDOVER_CHECK_DELAY);
    }

    /**
     * Requests a newer fence and makes the turn run again after a delay. Used if memory rejected a write because of a
     * newer fence, although this processor holds the partition.
     */
    static LaneOutcome renewFence(Turn turn) {
        turn.claim().renewFence();
        return new LaneOutcome.RunAgain(FENCE_DELAY);
    }
}

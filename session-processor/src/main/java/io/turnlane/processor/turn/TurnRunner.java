package io.turnlane.processor.turn;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneWork;
import io.turnlane.processor.memory.BeginResult;
import io.turnlane.processor.memory.FlightRef;
import io.turnlane.processor.memory.SessionMemory.FailUnreadableResult;
import io.turnlane.processor.memory.SessionRestore.RestoreResult;
import io.turnlane.processor.turn.StepRetrier.ClaimLostException;
import io.turnlane.processor.turn.Turn.Envelope;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the turn at the head of a lane. Called by lane threads, one at a time for each session. Keeps no state of turns
 * between calls.
 */
public final class TurnRunner implements LaneWork<SessionKey, Turn> {

    /** Delay while the poll thread acquires a newer fence token, which it does between two polls. */
    private static final Duration FENCE_DELAY = Duration.ofMillis(200);

    /** Delay between checks for the end of a rebuild. */
    static final Duration REBUILD_CHECK_DELAY = Duration.ofMillis(200);

    /** Maximum delay between checks for the end of the previous owner's flight. */
    private static final Duration HANDOVER_CHECK_DELAY = Duration.ofMillis(150);

    private static final Duration DEFECT_DELAY = Duration.ofSeconds(2);

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
            return unexpectedError(turn, e);
        } finally {
            flights.close(flight);
        }
    }

    /** Releases a turn that is to run again if its partition has left meanwhile. The new owner runs it. */
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
     * Retries a turn after an unexpected exception, which is a defect of the processor. If the flight had begun in
     * memory, the turn's next begin counts it as a crash, so a turn that always causes the exception ends as failed.
     */
    private static LaneOutcome unexpectedError(Turn turn, Throwable e) {
        log.atError()
                .addKeyValue("session", turn.session().sessionId())
                .addKeyValue("request", turn.requestId())
                .setCause(e)
                .log("unexpected error while running a turn; retrying");
        return new LaneOutcome.RunAgain(DEFECT_DELAY);
    }

    private LaneOutcome execute(Flight flight, Turn turn) {
        try {
            return switch (read(turn, retrier, kit.services().wire())) {
                case Ask ask -> new AskRun(kit, retrier, flight, ask).run();
                case DeleteSession _ -> deleteSession(turn, flight);
                case RebuildSession _ -> rebuild(turn);
                case SessionChange change -> new EditRun(kit, retrier, flight).run(change);
            };
        } catch (UnreadableRecordException e) {
            return failUnreadable(flight, TurnError.of(ErrorCode.UNREADABLE_RECORD, String.valueOf(e.getMessage())));
        } catch (RecordGoneException e) {
            return failUnreadable(
                    flight,
                    TurnError.of(ErrorCode.EXPIRED, "The question waited longer than the log keeps it. Ask it again."));
        }
    }

    /**
     * Reads the turn's command.
     *
     * @throws UnreadableRecordException if the value cannot be read, or if key and headers contradict it
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
     * Fails a turn whose record cannot be read: copies it to quarantine and publishes the failure, in the order of its
     * session.
     */
    private LaneOutcome failUnreadable(Flight flight, TurnError error) {
        Turn turn = flight.turn();
        FailUnreadableResult result = retrier.call(
                turn.claim(), () -> kit.services().memory().failUnreadable(refOf(turn, flight.id()), error));
        return switch (result) {
            case BeginResult.AlreadyEnded ended -> {
                new TurnEnd(kit, retrier, turn, flight.id()).republish(ended.ending());
                report(turn, "unreadable");
                yield complete(turn);
            }
            case BeginResult.HandoverPending leaving -> awaitPreviousFlight(leaving);
            case BeginResult.Erased _ -> complete(turn);
            case BeginResult.Fenced _ -> renewFence(turn);
        };
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

    /** Waits for the previous owner's flight, which may still end the turn. The turn stays at the head of its lane. */
    static LaneOutcome awaitPreviousFlight(BeginResult.HandoverPending leaving) {
        Duration left = leaving.left();
        return new LaneOutcome.RunAgain(left.compareTo(HANDOVER_CHECK_DELAY) < 0 ? left : HANDOVER_CHECK_DELAY);
    }

    /**
     * Requests a newer fence token and runs the turn again. For use if memory rejected a write although this processor
     * holds the partition.
     */
    static LaneOutcome renewFence(Turn turn) {
        turn.claim().renewFence();
        return new LaneOutcome.RunAgain(FENCE_DELAY);
    }
}

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
 * What a lane does with the turn at its head. Called by lanes' threads, one at a time for each session; keeps nothing
 * of a turn itself.
 */
public final class TurnRunner implements LaneWork<SessionKey, Turn> {

    /** A newer token is taken by the poll thread, between two polls. */
    private static final Duration UNTIL_RENEWED = Duration.ofMillis(200);

    /** How often a turn looks whether its memory is rebuilt. */
    static final Duration REBUILD_CHECK_DELAY = Duration.ofMillis(200);

    /** How often a turn looks whether the flight of its owner before has ended. */
    private static final Duration WHILE_LEAVING = Duration.ofMillis(150);

    private static final Duration AFTER_A_MISTAKE = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(TurnRunner.class);

    private final TurnKit kit;
    private final Flights flights;
    private final StepRetrier patience;

    public TurnRunner(TurnKit kit, Flights flights) {
        this.kit = kit;
        this.flights = flights;
        this.patience = new StepRetrier(kit.runtime().pause());
    }

    @Override
    public LaneOutcome run(SessionKey session, Turn turn) {
        if (!kit.services().lostMemory().isReady(turn.claim())) {
            return hereOrGone(turn, new LaneOutcome.RunAgain(REBUILD_CHECK_DELAY));
        }
        Flight flight = flights.open(turn);
        try {
            if (!turn.claim().held()) {
                throw new ClaimLostException();
            }
            return hereOrGone(turn, work(flight, turn));
        } catch (ClaimLostException e) {
            return letGo(turn);
        } catch (RuntimeException | Error e) { // an Error too must not let the next turn overtake this one
            return broken(turn, e);
        } finally {
            flights.close(flight);
        }
    }

    /** What is to be run again is the next owner's to run, where the partition left meanwhile. */
    private static LaneOutcome hereOrGone(Turn turn, LaneOutcome outcome) {
        return switch (outcome) {
            case LaneOutcome.RunAgain _ when !turn.claim().held() -> letGo(turn);
            case LaneOutcome.RunAgain _, LaneOutcome.Done _ -> outcome;
        };
    }

    private static LaneOutcome letGo(Turn turn) {
        turn.claim().release();
        return LaneOutcome.DONE;
    }

    /**
     * A mistake of ours. Begin counts the run as a crash, so that the turn has an end though it may break each time.
     */
    private static LaneOutcome broken(Turn turn, Throwable e) {
        log.atError()
                .addKeyValue("session", turn.session().sessionId())
                .addKeyValue("request", turn.requestId())
                .setCause(e)
                .log("turn broke");
        return new LaneOutcome.RunAgain(AFTER_A_MISTAKE);
    }

    private LaneOutcome work(Flight flight, Turn turn) {
        try {
            return switch (read(turn, patience, kit.services().wire())) {
                case Ask ask -> new AskRun(kit, patience, flight, ask).run();
                case DeleteSession _ -> forget(turn, flight);
                case RebuildSession _ -> rebuild(turn);
                case SessionChange change -> new EditRun(kit, patience, flight).run(change);
            };
        } catch (UnreadableRecordException e) {
            return refuse(flight, TurnError.of(ErrorCode.UNREADABLE_RECORD, String.valueOf(e.getMessage())));
        } catch (RecordGoneException e) {
            return refuse(flight, TurnError.of(ErrorCode.EXPIRED, "The question waited for longer than it is kept."));
        }
    }

    /** Headers and value must agree: a record that was mixed up on its way is nobody's turn. */
    static SessionCommand read(Turn turn, StepRetrier patience, WireFormat wire)
            throws UnreadableRecordException, RecordGoneException {
        Envelope envelope = turn.envelope();
        if (!WireFormat.isReadable(envelope.schemaVersion())) {
            throw new UnreadableRecordException("unknown schema version");
        }
        byte[] value = patience.readValue(turn.claim());
        if (value == null) {
            throw new UnreadableRecordException("no value");
        }
        SessionCommand command = wire.readCommand(envelope.type(), value);
        if (!command.key().equals(turn.session()) || !command.requestId().equals(turn.requestId())) {
            throw new UnreadableRecordException("key or request-id header differ from the value");
        }
        return command;
    }

    /**
     * A record that can't be worked on: a copy goes to quarantine, and its client hears of it, in its session's order.
     */
    private LaneOutcome refuse(Flight flight, TurnError error) {
        Turn turn = flight.turn();
        FailUnreadableResult refused = patience.call(
                turn.claim(), () -> kit.services().memory().failUnreadable(refOf(turn, flight.id()), error));
        return switch (refused) {
            case BeginResult.AlreadyEnded ended -> {
                new TurnEnd(kit, patience, turn, flight.id()).republish(ended.ending());
                report(turn, "unreadable");
                yield complete(turn);
            }
            case BeginResult.HandoverPending leaving -> awaitPreviousFlight(leaving);
            case BeginResult.Erased _ -> complete(turn);
            case BeginResult.Fenced _ -> renewFence(turn);
        };
    }

    private LaneOutcome forget(Turn turn, Flight flight) {
        boolean erased =
                patience.call(turn.claim(), () -> kit.services().memory().delete(refOf(turn, flight.id())));
        report(turn, erased ? "deleted" : "fenced");
        return erased ? complete(turn) : renewFence(turn);
    }

    private LaneOutcome rebuild(Turn turn) {
        RestoreResult restored =
                patience.call(turn.claim(), () -> kit.services().lostMemory().rebuild(turn));
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

    /** The flight of the owner before may end yet; the lane rests at its head meanwhile, holding no thread. */
    static LaneOutcome awaitPreviousFlight(BeginResult.HandoverPending leaving) {
        Duration left = leaving.left();
        return new LaneOutcome.RunAgain(left.compareTo(WHILE_LEAVING) < 0 ? left : WHILE_LEAVING);
    }

    /**
     * Refused though the partition is ours: somebody had a newer token. Take a newer one yet, and run the turn again.
     */
    static LaneOutcome renewFence(Turn turn) {
        turn.claim().renewFence();
        return new LaneOutcome.RunAgain(UNTIL_RENEWED);
    }
}

package io.turnlane.processor.turn;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.turn.StepRetrier.ClaimLostException;
import io.turnlane.processor.turn.TurnEnds.TurnEnd;
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SessionMemory;
import io.turnlane.store.memory.SessionMemory.GiveUpResult;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends turns and commands that the processor cannot run: their record is unreadable or gone, or running them throws
 * unexpected exceptions. Thread-safe.
 */
record FailingTurns(
        EditRunner edits,
        TurnEnds ends,
        StepRetrier retrier,
        SessionMemory memory,
        RetryPolicy retries,
        RandomGenerator random) {

    private static final Logger log = LoggerFactory.getLogger(FailingTurns.class);

    /**
     * Retries a turn or command after an unexpected exception. Its cause is a defect of the processor or a value that
     * the processor cannot handle. Allows as many such exceptions as failures of the agent, but counts them separately.
     * After the last one, ends the turn as failed and moves its record to quarantine, so that the session's next turn
     * can run.
     */
    LaneOutcome unexpectedError(Flight flight, Throwable e) {
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
            return turn.unlessLeft(endAsFailed(flight, error, failures));
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

    /**
     * Ends a turn or command as failed, because its record cannot be read or processed. Copies the record to quarantine
     * and publishes the failure. The turn is at the head of its lane, so earlier turns of the session have ended.
     *
     * @param failures number of failed attempts to process the record
     */
    LaneOutcome endAsFailed(Flight flight, TurnError error, int failures) {
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

    private TurnEnd endOf(Flight flight) {
        return ends.of(flight.turn(), flight.id(), retrier, "", Map.of());
    }
}

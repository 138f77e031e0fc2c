package io.turnlane.processor.turn;

import io.turnlane.model.Phase;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.turn.TurnEnds.TurnEnd;
import io.turnlane.processor.turn.TurnStreams.TurnStream;
import io.turnlane.store.memory.BeginResult;
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SettleResult;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * Attempt of a question that has no answer, because the agent failed or was stopped, or memory did not store the
 * answer. Only the lane thread of the flight uses this object.
 */
record UnansweredAttempt(
        Turn turn,
        AskMemory memory,
        TurnEnd end,
        RetryPolicy retries,
        RandomGenerator random,
        BeginResult.RunTurn run,
        TurnStream stream) {

    /**
     * Handles a failure of the agent. The turn runs again after a delay, or ends as failed.
     *
     * @param permanent true if another attempt would fail in the same way
     */
    LaneOutcome fail(TurnError error, boolean permanent) {
        memory.mark(Phase.ofError(error));
        int failures = run.failures() + 1;
        boolean last = permanent || retries.isExhausted(failures);
        SettleResult settled = memory.fail(run, error, last);
        if (!(settled instanceof SettleResult.Stored)) {
            return notStored(settled);
        }
        return last ? end.completeFailed(stream, error, memory.usage(run)) : retry(failures, error);
    }

    LaneOutcome cancel() {
        memory.mark(Phase.ERROR);
        return notStored(memory.cancel(run));
    }

    /** Releases the turn to another flight, without counting the attempt as a crash. */
    LaneOutcome release() {
        memory.release(run);
        end.report("released", "", run.attempt());
        return turn.release();
    }

    /** Handles an outcome that memory did not store. */
    LaneOutcome notStored(SettleResult settled) {
        return switch (settled) {
            case MemoryResult.NothingToRun over -> end.nothingToRun(over, stream, run.attempt(), true);
            case MemoryResult.CancelRequested _ -> cancel();
            case SettleResult.TurnLost _ ->
                throw new IllegalStateException(
                        "Redis lost this turn's data " + AskMemory.MAX_LOSSES + " times before its result was stored");
            case SettleResult.Stored _ -> throw new IllegalStateException("the result was stored");
        };
    }

    private LaneOutcome retry(int failures, TurnError error) {
        Duration wait = untilDeadline(retries.backOff(failures, random));
        Instant next = memory.now().plus(wait);
        var _ = stream.publishLast(new TurnEvent.Retrying(error, next));
        end.report(RequestStatus.RETRYING.wire(), error.code(), run.attempt());
        return new LaneOutcome.RunAgain(wait);
    }

    /** Returns the given time, or the time left until the turn's deadline if this is shorter. */
    private Duration untilDeadline(Duration max) {
        Duration atBegin = run.timeLeft();
        if (atBegin == null) {
            return max;
        }
        Duration left = atBegin.minus(memory.since(Phase.PROVIDER_CALL_START));
        return left.isNegative() ? Duration.ZERO : left.compareTo(max) < 0 ? left : max;
    }
}

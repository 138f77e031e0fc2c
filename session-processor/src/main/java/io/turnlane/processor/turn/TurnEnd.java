package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.store.memory.BeginResult.TurnEnding;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the end of a turn whose result is stored in memory. If the turn failed, publishes a copy of its record to
 * quarantine first, then the terminal event. The methods return when Kafka has acknowledged all records. Only then may
 * the caller complete the turn's offset (promise O9 in docs/guarantees.md). For use by one thread.
 */
final class TurnEnd {

    private final TurnKit kit;
    private final StepRetrier retrier;
    private final Turn turn;
    private final String flight;

    /** @param flight id of the flight that publishes the end */
    TurnEnd(TurnKit kit, StepRetrier retrier, Turn turn, String flight) {
        this.kit = kit;
        this.retrier = retrier;
        this.turn = turn;
        this.flight = flight;
    }

    void publishCompleted(TurnStream stream, Answer answer) {
        publish(stream, new TurnEvent.Completed(answer));
    }

    /**
     * Publishes a failed turn. The copy in quarantine comes first, so that it exists when clients learn of the failure.
     *
     * @param quarantined true if quarantine is known to have a copy. If Redis has lost this information, quarantine
     *     receives a second copy with the same request id
     */
    void publishFailed(TurnStream stream, int attempt, TurnError error, boolean quarantined) {
        if (!quarantined) {
            quarantine(error, attempt);
            retrier.run(turn.claim(), () -> kit.services().memory().markQuarantined(TurnRunner.refOf(turn, flight)));
        }
        publish(stream, new TurnEvent.Failed(error));
    }

    /** Publishes a failure of the turn that could not be stored in memory. */
    void publishUnstored(TurnError error, int attempts) {
        quarantine(error, attempts);
        publish(TurnStream.ofEnd(turn, attempts, kit), new TurnEvent.Failed(error));
    }

    private void quarantine(TurnError error, int attempts) {
        retrier.publish(
                turn.claim(),
                () -> kit.services().quarantine().publish(turn.claim().toQuarantinedTurn(error, attempts)));
    }

    /** Publishes the terminal event of a turn from its stored result, without calling the agent again (promise O4). */
    void republish(TurnEnding ending) {
        republish(ending, null);
    }

    /**
     * Publishes the terminal event of a turn from its stored result.
     *
     * @param own stream of this flight's attempt; null if the flight has none. If the event ends this attempt, it gets
     *     the next number of the stream
     */
    void republish(TurnEnding ending, @Nullable TurnStream own) {
        TurnStream stream =
                own != null && own.attempt() == ending.attempt() ? own : TurnStream.ofEnd(turn, ending.attempt(), kit);
        switch (ending.status()) {
            case COMPLETED -> publishCompleted(stream, Objects.requireNonNull(ending.answer()));
            case FAILED -> publishFailed(stream, ending.attempt(), errorOf(ending), ending.quarantined());
            case CANCELLED -> publish(stream, new TurnEvent.Cancelled(causeOf(ending)));
            case SUPERSEDED -> publish(stream, new TurnEvent.Superseded(causeOf(ending)));
            case REJECTED -> publish(stream, new TurnEvent.Rejected(causeOf(ending)));
            case QUEUED, RUNNING, RETRYING ->
                throw new IllegalStateException("not a terminal status: " + ending.status());
        }
    }

    private static EndCause causeOf(TurnEnding ending) {
        @Nullable EndCause cause = ending.cause();
        return cause == null ? new EndCause(ending.status().wire(), null) : cause;
    }

    private static TurnError errorOf(TurnEnding ending) {
        @Nullable TurnError error = ending.error();
        return error == null
                ? TurnError.of(
                        ErrorCode.UNREADABLE_RECORD,
                        "The stored result of this turn can no longer be read. Ask the question again.")
                : error;
    }

    private void publish(TurnStream stream, TurnEvent.Body last) {
        retrier.publish(turn.claim(), () -> stream.publishLast(last));
    }
}

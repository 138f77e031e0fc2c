package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.memory.BeginResult.TurnEnding;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of a turn that memory knows already: what failed is copied to quarantine, then the clients are told. It
 * returns when the log has both; only then may the turn's offset complete (O9). Used by one thread, once.
 */
final class TurnEnd {

    private final TurnKit kit;
    private final StepRetrier patience;
    private final Turn turn;
    private final String flight;

    /** @param flight the id of the run that ends it */
    TurnEnd(TurnKit kit, StepRetrier patience, Turn turn, String flight) {
        this.kit = kit;
        this.patience = patience;
        this.turn = turn;
        this.flight = flight;
    }

    void publishCompleted(TurnStream stream, Answer answer) {
        publish(stream, new TurnEvent.Completed(answer));
    }

    /**
     * The copy in quarantine first: whoever hears of the failure can look at it.
     *
     * @param quarantined whether the copy is known to stand there; should that mark be lost, a twin follows, which its
     *     request id tells
     */
    void publishFailed(TurnStream stream, int attempt, TurnError error, boolean quarantined) {
        if (!quarantined) {
            patience.publish(
                    turn.claim(),
                    () -> kit.services().quarantine().publish(turn.claim().toQuarantinedTurn(error, attempt)));
            patience.run(turn.claim(), () -> kit.services().memory().markQuarantined(TurnRunner.refOf(turn, flight)));
        }
        publish(stream, new TurnEvent.Failed(error));
    }

    /** The turn has ended before: its stored end is told again, and the agent isn't called (O4). */
    void republish(TurnEnding ending) {
        TurnStream stream = new TurnStream(turn, ending.attempt(), kit, () -> {});
        switch (ending.status()) {
            case COMPLETED -> publishCompleted(stream, Objects.requireNonNull(ending.answer()));
            case FAILED -> publishFailed(stream, ending.attempt(), errorOf(ending), ending.quarantined());
            case CANCELLED -> publish(stream, new TurnEvent.Cancelled(causeOf(ending)));
            case SUPERSEDED -> publish(stream, new TurnEvent.Superseded(causeOf(ending)));
            case REJECTED -> publish(stream, new TurnEvent.Rejected(causeOf(ending)));
            case QUEUED, RUNNING, RETRYING -> throw new IllegalStateException("no turn ends as " + ending.status());
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
                        ErrorCode.UNREADABLE_RECORD, "What was stored of this turn's end can't be read any more.")
                : error;
    }

    private void publish(TurnStream stream, TurnEvent.Body last) {
        patience.publish(turn.claim(), () -> stream.publishLast(last));
    }
}

package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.memory.Begun.Ending;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of a turn that memory knows already: what failed is copied to quarantine, then the clients are told. It
 * returns when the log has both; only then may the turn's offset complete (O9). Used by one thread, once.
 */
final class TurnEnd {

    private final TurnKit kit;
    private final Patience patience;
    private final Flight flight;
    private final Turn turn;

    TurnEnd(TurnKit kit, Patience patience, Flight flight) {
        this.kit = kit;
        this.patience = patience;
        this.flight = flight;
        this.turn = flight.turn();
    }

    void tellCompleted(TurnStream stream, Answer answer) {
        publish(stream, new TurnEvent.Completed(answer));
    }

    /**
     * The copy in quarantine first: whoever hears of the failure can look at it.
     *
     * @param quarantined whether the copy is known to stand there; should that mark be lost, a twin follows, which its
     *     request id tells
     */
    void tellFailed(TurnStream stream, int attempt, TurnError error, boolean quarantined) {
        if (!quarantined) {
            patience.publish(
                    turn.claim(),
                    () -> kit.ports().quarantine().publish(turn.claim().quarantined(error, attempt)));
            patience.run(turn.claim(), () -> kit.ports().memory().quarantined(TurnRunner.refOf(turn, flight)));
        }
        publish(stream, new TurnEvent.Failed(error));
    }

    /** The turn has ended before: its stored end is told again, and the agent isn't called (O4). */
    void tellAgain(Ending ending) {
        TurnStream stream = new TurnStream(turn, ending.attempt(), kit, () -> {});
        switch (ending.status()) {
            case COMPLETED -> tellCompleted(stream, Objects.requireNonNull(ending.answer()));
            case FAILED -> tellFailed(stream, ending.attempt(), errorOf(ending), ending.quarantined());
            case QUEUED, RUNNING, RETRYING, CANCELLED, SUPERSEDED, REJECTED ->
                throw new IllegalStateException("no turn ends as " + ending.status());
        }
    }

    private static TurnError errorOf(Ending ending) {
        @Nullable TurnError error = ending.error();
        return error == null
                ? TurnError.of(
                        ErrorCode.UNREADABLE_RECORD, "What was stored of this turn's end can't be read any more.")
                : error;
    }

    private void publish(TurnStream stream, TurnEvent.Body last) {
        patience.publish(turn.claim(), () -> stream.last(last));
    }
}

package io.turnlane.processor.replay;

import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionCommand.Ask;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A turn as the log has it.
 *
 * @param value the record's value, byte for byte
 * @param history what its session remembered when it ran, as far as the log still holds it, oldest first
 * @param missingTurns earlier turns of the session whose answers the log doesn't hold any more
 * @param outcome how it ended; null where it hasn't, or where the log doesn't hold that any more
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to run, never compared
public record RecordedTurn(
        Ask ask,
        byte[] value,
        int partition,
        long offset,
        Instant loggedAt,
        List<PastTurn> history,
        int missingTurns,
        @Nullable TurnOutcome outcome) {

    public RecordedTurn {
        history = List.copyOf(history);
    }
}

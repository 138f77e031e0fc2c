package io.turnlane.processor.replay;

import io.turnlane.model.AgentStates;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionCommand.Ask;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A turn as recorded in the log.
 *
 * @param value the record's value, byte for byte
 * @param history history with which the turn ran, oldest turn first; contains only turns whose records the log still
 *     holds
 * @param states states of the session's agents with which the turn ran, as far as the log still holds them
 * @param missingTurns number of earlier turns of the session that are missing in {@code history}, because the log no
 *     longer holds their terminal events
 * @param outcome the recorded end; null if the turn has not ended or the log no longer holds its end
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RecordedTurn(
        Ask ask,
        byte[] value,
        int partition,
        long offset,
        Instant loggedAt,
        List<PastTurn> history,
        AgentStates states,
        int missingTurns,
        @Nullable TurnOutcome outcome) {

    public RecordedTurn {
        history = List.copyOf(history);
    }
}

package io.turnlane.processor.replay;

import io.turnlane.model.AgentStates;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.processor.replay.compare.TurnOutcome;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A turn as recorded in the log.
 *
 * @param ask the question as its agent received it, including the questions merged into it
 * @param partition partition of the turns topic
 * @param offset offset of the question's record
 * @param history history with which the turn ran, oldest turn first; contains only turns whose records the log still
 *     holds
 * @param failedBefore earlier turns of the session that failed, each with the number of turns in {@code history} that
 *     precede it
 * @param states states of the session's agents with which the turn ran, as far as the log still holds them
 * @param missingTurns number of earlier turns of the session that are missing in {@code history}, because the log no
 *     longer holds their terminal events
 * @param outcome the recorded end; null if the turn has not ended or the log no longer holds its end
 */
public record RecordedTurn(
        Ask ask,
        int partition,
        long offset,
        Instant loggedAt,
        List<PastTurn> history,
        List<FailedTurn> failedBefore,
        AgentStates states,
        int missingTurns,
        @Nullable TurnOutcome outcome) {

    /**
     * An earlier turn that failed.
     *
     * @param question the question as its agent received it
     * @param historyBefore number of turns in the history that precede this turn
     */
    public record FailedTurn(RequestId requestId, String question, Instant endedAt, int historyBefore) {

        /** Returns the same turn for a history whose oldest turns have been removed. */
        FailedTurn after(int removed) {
            return new FailedTurn(requestId, question, endedAt, Math.max(0, historyBefore - removed));
        }
    }

    public RecordedTurn {
        history = List.copyOf(history);
        failedBefore = List.copyOf(failedBefore);
    }
}

package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Terminal state of a turn.
 *
 * @param status terminal status; {@code FAILED} if the turn failed, or if it completed but its stored answer is damaged
 * @param attempt number of the last attempt; 0 if none began
 * @param answer answer of a completed turn, otherwise null
 * @param error error of a failed turn, otherwise null
 * @param quarantined true if the turn failed and its copy is known to be in quarantine
 * @param states states of the session's agents, if the turn completed and was the last one to change them; otherwise
 *     null
 * @param cause cause if the turn neither completed nor failed, otherwise null
 * @param usage usage of all attempts
 */
public record TurnEnding(
        RequestStatus status,
        int attempt,
        @Nullable Answer answer,
        @Nullable TurnError error,
        boolean quarantined,
        @Nullable AgentStates states,
        @Nullable EndCause cause,
        Usage usage) {

    public TurnEnding {
        if ((status == RequestStatus.COMPLETED) != (answer != null)) {
            throw new IllegalArgumentException("exactly the turns that completed have an answer");
        }
    }

    /** Creates the state of a turn whose usage is that of its answer. */
    public TurnEnding(
            RequestStatus status,
            int attempt,
            @Nullable Answer answer,
            @Nullable TurnError error,
            boolean quarantined,
            @Nullable AgentStates states,
            @Nullable EndCause cause) {
        this(status, attempt, answer, error, quarantined, states, cause, answer == null ? Usage.NONE : answer.usage());
    }

    /** Creates the state of a turn that has not changed the states of agents. */
    public TurnEnding(
            RequestStatus status,
            int attempt,
            @Nullable Answer answer,
            @Nullable TurnError error,
            boolean quarantined,
            @Nullable EndCause cause) {
        this(status, attempt, answer, error, quarantined, null, cause);
    }

    /** Creates the state of a turn that completed or failed. */
    public TurnEnding(
            RequestStatus status,
            int attempt,
            @Nullable Answer answer,
            @Nullable TurnError error,
            boolean quarantined) {
        this(status, attempt, answer, error, quarantined, null);
    }
}

package io.turnlane.processor.turn;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.RequestTimes;
import io.turnlane.model.ToolStep;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Outcome of an agent's call. */
sealed interface CallResult {

    /**
     * The agent answered.
     *
     * @param states states of the session's agents if the agent has changed its state; otherwise null
     * @param toolSteps calls of tools that the session's history keeps
     */
    record AgentAnswered(Answer answer, @Nullable AgentStates states, List<ToolStep> toolSteps) implements CallResult {

        /** Returns the event of the stored answer, which has the usage of all attempts. */
        TurnEvent.Completed completed(Answer stored, @Nullable RequestTimes times) {
            return new TurnEvent.Completed(stored, times, states, toolSteps);
        }
    }

    /**
     * The agent failed.
     *
     * @param permanent true if another attempt would fail in the same way
     */
    record AgentFailed(TurnError error, boolean permanent) implements CallResult {}

    /**
     * The agent was stopped without an answer, because the partition left or the processor stops. Another flight runs
     * the turn later.
     */
    record AgentReleased() implements CallResult {}

    record AgentCancelled() implements CallResult {}
}

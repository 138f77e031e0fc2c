package io.turnlane.processor.replay;

import io.turnlane.model.AgentStates;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.processor.replay.compare.Differences;
import io.turnlane.processor.replay.compare.TurnOutcome;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Result of a turn in a replay of a range.
 *
 * @param agent name of the recorded agent
 * @param candidate name of the agent that ran in the replay
 * @param question the question as the recorded agent received it
 * @param history number of turns in the history with which the turn was replayed
 * @param missingTurns number of earlier turns that the log no longer has
 * @param recorded the recorded end
 * @param baseline end of another run of the recorded agent; null without a baseline
 * @param replayed end of the candidate's run
 * @param differences differences between the recorded end and the candidate's
 * @param baselineDifferences differences between the recorded end and the baseline's; null without a baseline
 * @param states states of the session's agents after the candidate's run; null unless memory is chained
 */
public record ComparedTurn(
        RequestId requestId,
        SessionId sessionId,
        @Nullable String userId,
        String agent,
        String candidate,
        Instant askedAt,
        int partition,
        long offset,
        String question,
        int history,
        int missingTurns,
        TurnOutcome recorded,
        @Nullable TurnOutcome baseline,
        TurnOutcome replayed,
        Differences differences,
        @Nullable Differences baselineDifferences,
        @Nullable AgentStates states) {

    /**
     * Returns true if the baseline differs from the recorded end at least as much as the candidate does. The difference
     * then shows how much the answers of the recorded agent vary, and not what the candidate changes.
     */
    public boolean withinNoise() {
        return baselineDifferences != null && baselineDifferences.severity() >= differences.severity();
    }

    /** Returns how much worse the candidate is than the recorded end; a quarter of it if the difference is noise. */
    public double severity() {
        return withinNoise() ? differences.severity() / 4 : differences.severity();
    }
}

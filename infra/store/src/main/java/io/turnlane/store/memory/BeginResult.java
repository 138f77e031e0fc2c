package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.MemoryIssue;
import io.turnlane.model.Usage;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Result of {@link SessionMemory#begin}. Each type describes what the caller must do next, for example run the agent,
 * wait, or cancel the turn.
 */
public sealed interface BeginResult
        permits BeginResult.RunTurn,
                BeginResult.CrashSuspected,
                BeginResult.AgentElsewhere,
                MemoryResult.CancelRequested,
                MemoryResult.DataMissing,
                MemoryResult.HandoverPending,
                MemoryResult.NothingToRun {

    /**
     * The agent may run.
     *
     * @param attempt number of this attempt, from 1; identifies the attempt's events
     * @param failures number of earlier attempts in which the agent failed
     * @param timeLeft time until the turn's deadline; null if it has none
     * @param memory the session's history
     * @param memoryIssue problem with the session's memory to report to the client; null if there is none
     * @param states states of the session's agents
     * @param mergedQuestions questions of the turns that were merged into this one, oldest first
     * @param usage usage of the earlier attempts
     */
    record RunTurn(
            int attempt,
            int failures,
            @Nullable Duration timeLeft,
            Memory memory,
            @Nullable MemoryIssue memoryIssue,
            AgentStates states,
            List<String> mergedQuestions,
            Usage usage)
            implements BeginResult {

        public RunTurn {
            mergedQuestions = List.copyOf(mergedQuestions);
        }

        /** Creates a result with intact memory, without states of agents, merged questions and earlier usage. */
        public RunTurn(int attempt, int failures, @Nullable Duration timeLeft, Memory memory) {
            this(attempt, failures, timeLeft, memory, null, AgentStates.NONE, List.of(), Usage.NONE);
        }
    }

    /**
     * The turn is a crash suspect: it was running when processors crashed. After one more crash, it would end as
     * {@code poison}. The caller must begin the turn again when no other crash suspect runs in this processor. A
     * further crash is then certainly this turn's crash. The call has not counted an attempt.
     */
    record CrashSuspected() implements BeginResult {}

    /**
     * Only other processors have the turn's agent. The request record shows that the turn waits for a processor with
     * its agent. The caller must begin the turn again later, unless the partition has moved to another processor. The
     * repeated call ends the turn if it has waited too long. The call has not counted an attempt.
     *
     * @param attempt number of earlier attempts
     * @param newlyWaiting true if the turn starts to wait for its agent with this call; false if it already waited
     *     before
     */
    record AgentElsewhere(int attempt, boolean newlyWaiting) implements BeginResult {}
}

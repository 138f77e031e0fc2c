package io.turnlane.store.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.MemoryIssue;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnError;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Result of {@link SessionMemory#begin}. Each type describes what the caller must do next, for example run the agent,
 * wait, or cancel the turn.
 */
public sealed interface BeginResult {

    /**
     * The agent may run.
     *
     * @param attempt number of this attempt, from 1; identifies the attempt's events
     * @param failures number of earlier attempts in which the agent failed
     * @param timeLeft time until the turn's deadline; null if it has none
     * @param memory the session's history
     * @param memoryIssue problem with the session's memory to report to the client; null if there is none
     * @param mergedQuestions questions of the turns that were merged into this one, oldest first
     */
    record RunTurn(
            int attempt,
            int failures,
            @Nullable Duration timeLeft,
            Memory memory,
            @Nullable MemoryIssue memoryIssue,
            List<String> mergedQuestions)
            implements BeginResult {

        public RunTurn {
            mergedQuestions = List.copyOf(mergedQuestions);
        }

        /** Creates a result with intact memory and without merged questions. */
        public RunTurn(int attempt, int failures, @Nullable Duration timeLeft, Memory memory) {
            this(attempt, failures, timeLeft, memory, null, List.of());
        }
    }

    /**
     * Cancellation of the turn was requested before the agent ran. The caller must end the turn with
     * {@link SessionMemory#cancel} and must not run the agent.
     */
    record CancelRequested() implements BeginResult {}

    /**
     * Data that should exist is missing. The call has changed nothing. The caller must check if Redis lost data. If it
     * did, the caller must wait until the data is rebuilt and then begin again. Otherwise the caller must begin again
     * with {@linkplain SessionMemory.BeginRequest#lossRuledOut lossRuledOut} set.
     *
     * @param sessionLost true if Redis has certainly lost data of this session; false if only the turn's request record
     *     is missing, which was possibly never stored
     */
    record DataMissing(boolean sessionLost) implements BeginResult, SessionMemory.DecideResult {}

    /**
     * The turn is a crash suspect: it was running when processors crashed. After one more crash, it would end as
     * {@code poison}. The caller must begin the turn again when no other crash suspect runs in this processor. A
     * further crash is then certainly this turn's crash. The call has not counted an attempt.
     */
    record CrashSuspected() implements BeginResult {}

    /**
     * The turn is in a handover: the flight of the partition's previous owner is allowed to end the turn within a
     * bounded time. The call changed nothing. The caller must repeat the call soon to check if the turn has ended.
     *
     * @param left maximum time for which the previous owner's flight can still end the turn
     */
    record HandoverPending(Duration left) implements BeginResult, SessionMemory.GiveUpResult {}

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

    /** Results after which the caller must not run the agent. */
    sealed interface NothingToRun extends BeginResult, SessionMemory.GiveUpResult, SessionMemory.DismissResult {}

    /** The turn has ended, in this call or earlier. The caller must publish its terminal event. */
    record AlreadyEnded(TurnEnding ending) implements NothingToRun {}

    /** Results for a turn that the caller must neither run nor end. */
    sealed interface NotOwned extends NothingToRun, SessionMemory.DecideResult {}

    /** A newer owner of the partition has written to the session. */
    record Fenced() implements NotOwned {}

    /** The session was deleted after the turn was asked. The caller must publish no event for the turn. */
    record Erased() implements NotOwned {}

    /**
     * Terminal state of a turn.
     *
     * @param status terminal status; {@code FAILED} if the turn failed, or if it completed but its stored answer is
     *     damaged
     * @param attempt number of the last attempt; 0 if none began
     * @param answer answer of a completed turn, otherwise null
     * @param error error of a failed turn, otherwise null
     * @param quarantined true if the turn failed and its copy is known to be in quarantine
     * @param cause cause if the turn neither completed nor failed, otherwise null
     */
    record TurnEnding(
            RequestStatus status,
            int attempt,
            @Nullable Answer answer,
            @Nullable TurnError error,
            boolean quarantined,
            @Nullable EndCause cause) {

        public TurnEnding {
            if ((status == RequestStatus.COMPLETED) != (answer != null)) {
                throw new IllegalArgumentException("exactly the turns that completed have an answer");
            }
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
}

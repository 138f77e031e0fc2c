package io.turnlane.processor.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.MemoryIssue;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnError;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What memory says to a flight that wants to begin. */
public sealed interface BeginResult {

    /**
     * Run the agent.
     *
     * @param attempt names this run's events, from 1
     * @param failures how often the agent failed at this turn before
     * @param timeLeft until the turn's deadline; null where it has none
     * @param mishap what the client is to be told of its session's memory; null where it is as it should be
     * @param mergedQuestions the questions of turns that were merged into this one, oldest first
     */
    record RunTurn(
            int attempt,
            int failures,
            @Nullable Duration timeLeft,
            Memory memory,
            @Nullable MemoryIssue mishap,
            List<String> mergedQuestions)
            implements BeginResult {

        public RunTurn {
            mergedQuestions = List.copyOf(mergedQuestions);
        }

        /** With its memory as it should be, and nothing merged into it. */
        public RunTurn(int attempt, int failures, @Nullable Duration timeLeft, Memory memory) {
            this(attempt, failures, timeLeft, memory, null, List.of());
        }
    }

    /** Nobody wants its answer any more: {@linkplain SessionMemory#cancel end it}, and run nothing. */
    record CancelRequested() implements BeginResult {}

    /**
     * Something isn't there that should be: find out whether memory was lost, wait until it is rebuilt, and begin again
     * being {@linkplain SessionMemory.BeginRequest#lossRuledOut sure}. Nothing was counted.
     *
     * @param sessionLost whether the session's memory is gone though this processor knows it; else the request's record
     */
    record DataMissing(boolean sessionLost) implements BeginResult, SessionMemory.DecideResult {}

    /**
     * The turn was running each time its processor crashed, and one crash more would be its last: nothing was counted;
     * begin again when it has the processor to itself among its like, so that only the killer is blamed.
     */
    record CrashSuspected() implements BeginResult {}

    /**
     * The owner before hands the turn over: its flight may end by itself yet. Nothing was changed; begin again soon,
     * and see how it ended.
     *
     * @param left until nobody waits for that flight any more
     */
    record HandoverPending(Duration left) implements BeginResult, SessionMemory.FailUnreadableResult {}

    /** There is nothing to run. */
    sealed interface NothingToRun
            extends BeginResult, SessionMemory.FailUnreadableResult, SessionMemory.DismissResult {}

    /** The turn has ended: tell it again, and run nothing. */
    record AlreadyEnded(TurnEnding ending) implements NothingToRun {}

    /** The turn is somebody else's, or nobody's. */
    sealed interface NotOwned extends NothingToRun, SessionMemory.DecideResult {}

    /** A newer owner has been here. */
    record Fenced() implements NotOwned {}

    /** The session was deleted after this turn was asked; nobody is to hear of it. */
    record Erased() implements NotOwned {}

    /**
     * How a turn ended.
     *
     * @param status failed too where it completed, and the stored answer was found damaged
     * @param answer where it completed
     * @param error where it failed
     * @param quarantined whether the copy of a failed turn is known to stand in quarantine
     * @param cause where it ended with neither
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
                throw new IllegalArgumentException("a turn that completed has an answer, and no other has");
            }
        }

        /** With an answer or an error. */
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

package io.turnlane.processor.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.MemoryMishap;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnError;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What memory says to a flight that wants to begin. */
public sealed interface Begun {

    /**
     * Run the agent.
     *
     * @param attempt names this run's events, from 1
     * @param failures how often the agent failed at this turn before
     * @param timeLeft until the turn's deadline; null where it has none
     * @param mishap what the client is to be told of its session's memory; null where it is as it should be
     * @param absorbed the questions of turns that were merged into this one, oldest first
     */
    record Run(
            int attempt,
            int failures,
            @Nullable Duration timeLeft,
            Memory memory,
            @Nullable MemoryMishap mishap,
            List<String> absorbed)
            implements Begun {

        public Run {
            absorbed = List.copyOf(absorbed);
        }

        /** With its memory as it should be, and nothing merged into it. */
        public Run(int attempt, int failures, @Nullable Duration timeLeft, Memory memory) {
            this(attempt, failures, timeLeft, memory, null, List.of());
        }
    }

    /** Nobody wants its answer any more: {@linkplain SessionMemory#cancel end it}, and run nothing. */
    record Unwanted() implements Begun {}

    /**
     * Something isn't there that should be: find out whether memory was lost, wait until it is rebuilt, and begin again
     * being {@linkplain SessionMemory.Beginning#sure sure}. Nothing was counted.
     *
     * @param session whether the session's memory is gone though this processor knows it; else the request's record
     */
    record Missed(boolean session) implements Begun, SessionMemory.Decided {}

    /**
     * The turn was running each time its processor crashed, and one crash more would be its last: nothing was counted;
     * begin again when it has the processor to itself among its like, so that only the killer is blamed.
     */
    record Suspect() implements Begun {}

    /**
     * The owner before hands the turn over: its flight may end by itself yet. Nothing was changed; begin again soon,
     * and see how it ended.
     *
     * @param left until nobody waits for that flight any more
     */
    record Leaving(Duration left) implements Begun, SessionMemory.Refused {}

    /** There is nothing to run. */
    sealed interface Over extends Begun, SessionMemory.Refused, SessionMemory.Dismissed {}

    /** The turn has ended: tell it again, and run nothing. */
    record Ended(Ending ending) implements Over {}

    /** The turn is somebody else's, or nobody's. */
    sealed interface NotOurs extends Over, SessionMemory.Decided {}

    /** A newer owner has been here. */
    record Fenced() implements NotOurs {}

    /** The session was deleted after this turn was asked; nobody is to hear of it. */
    record Erased() implements NotOurs {}

    /**
     * How a turn ended.
     *
     * @param status failed too where it completed, and the stored answer was found damaged
     * @param answer where it completed
     * @param error where it failed
     * @param quarantined whether the copy of a failed turn is known to stand in quarantine
     * @param cause where it ended with neither
     */
    record Ending(
            RequestStatus status,
            int attempt,
            @Nullable Answer answer,
            @Nullable TurnError error,
            boolean quarantined,
            @Nullable EndCause cause) {

        public Ending {
            if ((status == RequestStatus.COMPLETED) != (answer != null)) {
                throw new IllegalArgumentException("a turn that completed has an answer, and no other has");
            }
        }

        /** With an answer or an error. */
        public Ending(
                RequestStatus status,
                int attempt,
                @Nullable Answer answer,
                @Nullable TurnError error,
                boolean quarantined) {
            this(status, attempt, answer, error, quarantined, null);
        }
    }
}

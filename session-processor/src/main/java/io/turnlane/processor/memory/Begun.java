package io.turnlane.processor.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnError;
import org.jspecify.annotations.Nullable;

/** What memory says to a flight that wants to begin. */
public sealed interface Begun {

    /**
     * Run the agent.
     *
     * @param attempt names this run's events, from 1
     * @param failures how often the agent failed at this turn before
     */
    record Run(int attempt, int failures, Memory memory) implements Begun {}

    /** The turn has ended: tell it again, and run nothing. */
    record Ended(Ending ending) implements Begun {}

    /** A newer owner has been here. */
    record Fenced() implements Begun {}

    /** The session was deleted after this turn was asked; nobody is to hear of it. */
    record Erased() implements Begun {}

    /**
     * How a turn ended.
     *
     * @param answer where it completed; null too where the stored answer was found damaged
     * @param error where it failed
     */
    record Ending(
            RequestStatus status,
            int attempt,
            @Nullable Answer answer,
            @Nullable TurnError error) {}
}

package io.turnlane.chaos.history;

import java.util.Locale;

/**
 * State of an operation, in the terms of Jepsen. {@code INFO} means that the outcome is unknown: the operation may have
 * happened, may happen later, or may never happen.
 */
public enum OperationOutcome {
    INVOKE,
    OK,
    FAIL,
    INFO;

    /** Returns the name in lower case. Lines of a history contain it in the JSON field {@code type}. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Parses a text that {@link #wire} returned.
     *
     * @throws IllegalArgumentException if no outcome has this name
     */
    public static OperationOutcome of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}

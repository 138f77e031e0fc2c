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

    /** Returns the value of a line's {@code type}. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Parses the value of a line's {@code type}.
     *
     * @throws IllegalArgumentException if there is no such type
     */
    public static OperationOutcome of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}

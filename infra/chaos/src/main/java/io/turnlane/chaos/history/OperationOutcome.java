package io.turnlane.chaos.history;

import java.util.Locale;

/**
 * How an operation stands, in Jepsen's words. {@code INFO} says that nobody knows: the operation may have happened, may
 * happen later, or never.
 */
public enum OperationOutcome {
    INVOKE,
    OK,
    FAIL,
    INFO;

    /** The word in a line's {@code type}. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a line's {@code type}.
     *
     * @throws IllegalArgumentException where it is no such word
     */
    public static OperationOutcome of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}

package io.turnlane.model;

import java.util.Arrays;
import java.util.Optional;

/** Whose turn it is first, where more sessions are ready than may run at once. Order within a session stays. */
public enum Priority {
    HIGH("high"),
    NORMAL("normal"),
    LOW("low");

    private final String wire;

    Priority(String wire) {
        this.wire = wire;
    }

    /** The word that stands in JSON and in headers. */
    public String wire() {
        return wire;
    }

    /** The priority of this word; empty where there is none. */
    public static Optional<Priority> find(String wire) {
        return Arrays.stream(values()).filter(one -> one.wire.equals(wire)).findFirst();
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException where there is no such priority
     */
    public static Priority of(String wire) {
        return find(wire).orElseThrow(() -> new IllegalArgumentException("priority is one of high, normal, low"));
    }
}

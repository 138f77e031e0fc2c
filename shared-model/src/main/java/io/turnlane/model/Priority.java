package io.turnlane.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * Priority of a turn. If more sessions are ready than the processor can run at once, sessions with turns of higher
 * priority run more often. The priority does not change the order of turns within a session.
 */
public enum Priority {
    HIGH("high"),
    NORMAL("normal"),
    LOW("low");

    private final String wire;

    Priority(String wire) {
        this.wire = wire;
    }

    /** Returns the value in JSON and in record headers. */
    public String wire() {
        return wire;
    }

    /** Returns the priority with this value, or empty if no priority has it. */
    public static Optional<Priority> find(String wire) {
        return Arrays.stream(values()).filter(one -> one.wire.equals(wire)).findFirst();
    }

    /**
     * Returns the priority with this value.
     *
     * @throws IllegalArgumentException if no priority has this value
     */
    public static Priority of(String wire) {
        return find(wire).orElseThrow(() -> new IllegalArgumentException("priority must be one of high, normal, low"));
    }
}

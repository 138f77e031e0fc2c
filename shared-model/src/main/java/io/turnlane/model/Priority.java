package io.turnlane.model;

import java.util.Optional;

/**
 * Priority of a turn. If more sessions are ready than the processor can run at once, sessions with turns of higher
 * priority run more often. The priority does not change the order of turns within a session.
 */
public enum Priority implements WireEnum {
    HIGH,
    NORMAL,
    LOW;

    /** Returns the priority with this value, or empty if no priority has it. */
    public static Optional<Priority> find(String wire) {
        return WireEnum.find(values(), wire);
    }

    /** Returns the priority with this text form; throws an IllegalArgumentException if there is none. */
    public static Priority of(String wire) {
        return WireEnum.require(values(), "priority", wire);
    }
}

package io.turnlane.model;

/** Problem with a session's memory that the next {@code started} event reports to clients. */
public enum MemoryIssue {
    /** Memory was lost. It has been restored as far as the log still contained it. */
    REBUILT("rebuilt"),
    /** Memory was lost and the log no longer contained it. The session starts with an empty history. */
    RESET("reset"),
    /** A part of memory could not be read and is ignored. */
    DAMAGED("damaged");

    private final String wire;

    MemoryIssue(String wire) {
        this.wire = wire;
    }

    /** Returns the value in JSON and in Redis. */
    public String wire() {
        return wire;
    }

    /**
     * Returns the memory issue with this value.
     *
     * @throws IllegalArgumentException if no memory issue has this value
     */
    public static MemoryIssue of(String wire) {
        for (MemoryIssue issue : values()) {
            if (issue.wire.equals(wire)) {
                return issue;
            }
        }
        throw new IllegalArgumentException("unknown memory issue: " + wire);
    }
}

package io.turnlane.model;

/** What a client is told of a session's memory that isn't as its last turn left it. */
public enum MemoryIssue {
    /** It was lost, and is back as far as the log held it. */
    REBUILT("rebuilt"),
    /** It was lost, and the log held nothing of it: the session starts anew. */
    RESET("reset"),
    /** A part of it can't be read and is left out. */
    DAMAGED("damaged");

    private final String wire;

    MemoryIssue(String wire) {
        this.wire = wire;
    }

    /** The word that stands in JSON and in Redis. */
    public String wire() {
        return wire;
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException where there is no such mishap
     */
    public static MemoryIssue of(String wire) {
        for (MemoryIssue mishap : values()) {
            if (mishap.wire.equals(wire)) {
                return mishap;
            }
        }
        throw new IllegalArgumentException("no such mishap: " + wire);
    }
}

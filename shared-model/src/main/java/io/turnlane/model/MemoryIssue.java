package io.turnlane.model;

/** Problem with a session's memory that the next {@code started} event reports to clients. */
public enum MemoryIssue implements WireEnum {
    /** Memory was lost. It has been restored as far as the log still contained it. */
    REBUILT,
    /** Memory was lost and the log no longer contained it. The session starts with an empty history. */
    RESET,
    /** A part of memory could not be read and is ignored. */
    DAMAGED;

    /** Returns the memory issue with this text form; throws an IllegalArgumentException if there is none. */
    public static MemoryIssue of(String wire) {
        return WireEnum.require(values(), "memory issue", wire);
    }
}

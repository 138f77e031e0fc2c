package io.turnlane.model;

/** The lifecycle of a turn, in the order in which it is travelled; the last two end it badly. */
public enum Phase {
    /** The gateway read the question. */
    RECEIVED,
    /** The log acknowledged it. */
    QUEUED,
    /** Its lane took it up. */
    DEQUEUED,
    /** Memory is at hand and the turn is counted as begun. */
    SESSION_ALLOCATED,
    PROVIDER_CALL_START,
    PROVIDER_CALL_END,
    /** Memory holds the result. */
    SESSION_RELEASED,
    COMPLETED,
    TIMEOUT,
    ERROR
}

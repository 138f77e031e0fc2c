package io.turnlane.model;

/** Phases of a turn, in order. {@link #TIMEOUT} and {@link #ERROR} end an unsuccessful turn. */
public enum Phase {
    /** The gateway received the question. */
    RECEIVED,
    /** Kafka acknowledged the question. */
    QUEUED,
    /** The turn reached the head of its lane and started to run. */
    DEQUEUED,
    /** Memory has been read and the attempt is recorded. */
    SESSION_ALLOCATED,
    PROVIDER_CALL_START,
    PROVIDER_CALL_END,
    /** The result is stored in memory. */
    SESSION_RELEASED,
    COMPLETED,
    /** The agent exceeded its time limit, or the turn exceeded its deadline or its maximum lifetime. */
    TIMEOUT,
    ERROR;

    /**
     * Returns the last phase of a turn or an attempt that fails with this error. The Lua scripts of the processor
     * choose the phase in the same way.
     */
    public static Phase ofError(TurnError error) {
        boolean late = error.code().equals(ErrorCode.AGENT_TIMEOUT.wire())
                || error.code().equals(ErrorCode.DEADLINE_EXCEEDED.wire())
                || error.code().equals(ErrorCode.EXPIRED.wire());
        return late ? TIMEOUT : ERROR;
    }
}

package io.turnlane.gateway.ask;

import java.time.Duration;

/**
 * Notes in memory that a question was accepted, before the log has it. Throws a data access exception where it is away.
 */
public interface Acceptance {

    /** Creates the session's context and the request's record where there are none. The same turn twice is one. */
    Outcome accept(PreparedTurn turn, String defaultAgent);

    /** Takes an acceptance back, unless a processor has seen the turn: the log would not have it. */
    void undo(PreparedTurn turn, Accepted accepted);

    sealed interface Outcome permits Accepted, Full {}

    /**
     * Noted.
     *
     * @param agent who answers: the one asked for, else the session's
     * @param position open turns of the session before it
     * @param sessionTtl how long the session lives without activity
     * @param newSession whether this turn made the session
     */
    record Accepted(String agent, int position, Duration sessionTtl, boolean newSession) implements Outcome {}

    /** As many turns of this session are open as may be. */
    record Full(int open) implements Outcome {}
}

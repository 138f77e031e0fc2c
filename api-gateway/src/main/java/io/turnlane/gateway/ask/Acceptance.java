package io.turnlane.gateway.ask;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.time.Duration;

/**
 * Notes in memory that a question was accepted, before the log has it. Every method throws a data access exception
 * where memory is away.
 */
public interface Acceptance {

    /**
     * Claims the turn's key, where it has one, and creates the session's context and the request's record where there
     * are none. The same turn twice is one.
     */
    AcceptOutcome accept(PreparedTurn turn, String defaultAgent);

    /** Whether an earlier call claimed the turn's key, which a call without one never did. */
    boolean hasClaim(PreparedTurn turn);

    /** The log has the turn: a retry under its key doesn't publish it again. */
    void markPublished(Accepted accepted);

    /**
     * Takes an acceptance back. Its claim stays where the log may have the turn after all, so that a retry finds out.
     *
     * @param unsure whether the log may have it
     */
    UndoResult undo(Accepted accepted, boolean unsure);

    /** Where a turn stands that this call did not bring onto the log. */
    enum UndoResult {
        /** The log is known to have it all the same; nothing was taken back. */
        PUBLISHED,
        /** The log may have it, or another call brings it there: its id counts. */
        POSSIBLY_PUBLISHED,
        /** It is nowhere. */
        NOT_PUBLISHED
    }

    sealed interface AcceptOutcome permits Accepted, AlreadyPublished, Conflict, Full, ForkInProgress {}

    /**
     * Noted, and to be published.
     *
     * @param turn as it goes on the log: a retry has the id and time of the first
     * @param callId the id that this call came with, which tells it from others that publish the same turn
     * @param agent who answers: the one asked for, else the session's
     * @param position open turns of the session before it
     * @param sessionTtl how long the session lives without activity
     * @param newSession whether this turn made the session
     */
    record Accepted(
            PreparedTurn turn, RequestId callId, String agent, int position, Duration sessionTtl, boolean newSession)
            implements AcceptOutcome {

        boolean replayed() {
            return !turn.requestId().equals(callId);
        }
    }

    /** The log has it from an earlier call; its record says how it stands, or is gone with its session. */
    record AlreadyPublished(SessionKey session, RequestId requestId) implements AcceptOutcome {}

    /** The key stands for another question. */
    record Conflict() implements AcceptOutcome {}

    /** As many turns of this session are open as may be. */
    record Full(int open) implements AcceptOutcome {}

    /** A fork makes this session at the moment; whoever asked it now would ask one that remembers nothing. */
    record ForkInProgress() implements AcceptOutcome {}
}

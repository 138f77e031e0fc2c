package io.turnlane.store.accept;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Stores in Redis that the gateway accepted a question, before the question is published to Kafka. Every method throws
 * a data access exception if Redis is unavailable.
 */
public interface Acceptance {

    /**
     * Stores that the turn is accepted. Creates the session's context, the request record and, if the turn has an
     * Idempotency-Key, its idempotency claim, unless they exist. Accepting the same turn again has no further effect.
     *
     * @param defaultAgent agent that answers if neither the turn nor its session names an agent
     */
    AcceptOutcome accept(PreparedTurn turn, String defaultAgent);

    /** Returns true if an idempotency claim of the turn's Idempotency-Key exists; false if the turn has no key. */
    boolean hasClaim(PreparedTurn turn);

    /**
     * Marks the turn's idempotency claim as published, so that a retry with the same Idempotency-Key does not publish
     * the turn again.
     */
    void markPublished(Accepted accepted);

    /**
     * Undoes an acceptance whose turn could not be published. If the turns topic possibly contains the turn, keeps the
     * idempotency claim. A retry with the same Idempotency-Key then publishes the same turn again.
     *
     * @param unsure true if the turns topic possibly contains the turn
     */
    UndoResult undo(Accepted accepted, boolean unsure);

    /** Result of undoing an acceptance: the state of the turn that the caller could not publish. */
    enum UndoResult {
        /** Another call published the turn, or a processor has already read it. The request record is kept. */
        PUBLISHED,
        /** Another call can still publish the turn. The request id remains valid. */
        SHARED,
        /** The turns topic possibly contains the turn. The request id remains valid. */
        POSSIBLY_PUBLISHED,
        /** The turn was not published. */
        NOT_PUBLISHED
    }

    sealed interface AcceptOutcome permits Accepted, AlreadyPublished, Conflict, Full, ForkInProgress, BudgetSpent {}

    /**
     * The question is accepted, and the caller must publish it.
     *
     * @param turn turn to publish; for a retry, it has the request id and the creation time of the first call
     * @param callId request id generated for this call; distinguishes concurrent calls that publish the same turn
     * @param agent agent that answers: the requested agent, otherwise the session's agent, or a target of this route
     * @param route route that chose the agent, or null
     * @param position number of open turns ahead of this turn in the session
     * @param sessionTtl time for which the session is kept without activity
     * @param newSession true if this turn created the session
     */
    record Accepted(
            PreparedTurn turn,
            RequestId callId,
            String agent,
            @Nullable String route,
            int position,
            Duration sessionTtl,
            boolean newSession)
            implements AcceptOutcome {

        /** Returns true if an earlier call with the same Idempotency-Key asked the question. */
        public boolean replayed() {
            return !turn.requestId().equals(callId);
        }
    }

    /** An earlier call published the turn. The request record has the current state, unless the session was deleted. */
    record AlreadyPublished(SessionKey session, RequestId requestId) implements AcceptOutcome {}

    /** The Idempotency-Key was used for a different question. */
    record Conflict() implements AcceptOutcome {}

    /** The session already has the maximum number of open turns. */
    record Full(int open) implements AcceptOutcome {}

    /** The session has used its budget. */
    record BudgetSpent() implements AcceptOutcome {}

    /** A fork is still creating this session. A question asked now would be answered without the copied history. */
    record ForkInProgress() implements AcceptOutcome {}
}

package io.turnlane.gateway.turns.ask;

import io.turnlane.gateway.problem.BreakerOpenException;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.AskJournal.AskOutcome;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.model.ErrorCode;
import io.turnlane.store.accept.Acceptance;
import io.turnlane.store.accept.Acceptance.AcceptOutcome;
import io.turnlane.store.accept.Acceptance.Accepted;
import io.turnlane.store.accept.Acceptance.UndoResult;
import io.turnlane.store.accept.PreparedTurn;
import io.turnlane.store.accept.RoutedAgent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.dao.DataAccessException;

/**
 * Acceptance of questions that continues while Redis is unavailable. Redis is a cache of the turns topic: the processor
 * that runs a turn creates a missing request record. Only a question with an Idempotency-Key needs Redis.
 */
record TolerantAcceptance(Acceptance acceptance, Fleet fleet, AskJournal journal) {

    private static final Logger LOG = LoggerFactory.getLogger(TolerantAcceptance.class);

    /** @throws ProblemDetailException if the question has an Idempotency-Key and Redis is unavailable */
    AcceptOutcome accept(PreparedTurn turn) {
        try {
            return acceptance.accept(turn, fleet.defaultAgent());
        } catch (DataAccessException unavailable) {
            if (turn.claim() != null) {
                journal.count(AskOutcome.UNAVAILABLE);
                throw new ProblemDetailException(
                        ErrorCode.UNAVAILABLE,
                        "Redis is unavailable, so the Idempotency-Key can't be checked. Retry later or without a key.",
                        unavailable);
            }
            warn("Redis is unavailable, question is published without a request record", turn, unavailable);
            String agent = turn.agent() == null ? fleet.defaultAgent() : turn.agent();
            RoutedAgent routed = turn.routes().get(agent);
            return routed == null
                    ? new Accepted(turn, turn.requestId(), agent, null, 0, turn.sessionTtl(), false)
                    : new Accepted(turn, turn.requestId(), routed.agent(), routed.route(), 0, turn.sessionTtl(), false);
        }
    }

    void markPublished(Accepted accepted) {
        try {
            acceptance.markPublished(accepted);
        } catch (DataAccessException unavailable) {
            // A retry publishes the turn again, and the processor discards the duplicate by its request id.
            warn("question is published, but its Idempotency-Key was not marked", accepted.turn(), unavailable);
        }
    }

    /** @param unsure true if the turns topic possibly contains the turn */
    UndoResult undo(Accepted accepted, boolean unsure) {
        try {
            return acceptance.undo(accepted, unsure);
        } catch (DataAccessException unavailable) {
            warn(
                    "acceptance of an unpublished question not undone, it counts as open until its record expires",
                    accepted.turn(),
                    unavailable);
            return UndoResult.POSSIBLY_PUBLISHED;
        }
    }

    /**
     * Logs a warning; at debug level if the circuit breaker of Redis is open, because the breaker has logged a warning.
     */
    private static void warn(String message, PreparedTurn turn, DataAccessException unavailable) {
        LOG.atLevel(unavailable instanceof BreakerOpenException ? Level.DEBUG : Level.WARN)
                .setMessage(message)
                .addKeyValue("user", turn.session().namespace())
                .addKeyValue("session", turn.session().sessionId())
                .addKeyValue("request_id", turn.requestId())
                .addKeyValue("cause", unavailable.getMostSpecificCause().toString())
                .log();
    }
}

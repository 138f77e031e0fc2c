package io.turnlane.gateway.turns.requests;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.model.SessionKey;
import io.turnlane.store.request.RequestRecords;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/** Check that a session exists, before a client subscribes to its events. */
public final class ExistingSession {

    private ExistingSession() {}

    /**
     * Checks that the session has a context or an open request. If Redis is unavailable, a cursor of the session
     * suffices: its events can still be read from Kafka.
     *
     * @param after cursor that the client sent; null if it sent none
     * @throws ProblemDetailException if the session does not exist
     * @throws DataAccessException if Redis is unavailable and {@code after} is not a cursor of the session
     */
    public static void require(RequestRecords records, SessionKey session, @Nullable Cursor after) {
        try {
            if (!records.sessionExists(session)) {
                throw ProblemDetailException.notFound("session");
            }
        } catch (DataAccessException unavailable) {
            if (after == null || !after.belongsTo(session)) {
                throw unavailable;
            }
        }
    }
}

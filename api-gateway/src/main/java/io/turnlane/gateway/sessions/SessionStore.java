package io.turnlane.gateway.sessions;

import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Access to session contexts and histories: reads them and creates contexts. Every method throws a data access
 * exception if Redis is unavailable.
 */
interface SessionStore {

    /** Creates the session's context if it does not exist. */
    void create(SessionKey session, NewSession fresh);

    /**
     * Returns the context of a session, or empty if the session does not exist.
     *
     * @throws ProblemDetailException if the stored context is damaged
     */
    Optional<SessionContext> context(SessionKey session);

    /** Returns true if turns of the session wait or run. This is possible even if the session has no context. */
    boolean hasOpenRequests(SessionKey session);

    /** Returns the latest turns, oldest first, or empty if the session does not exist. */
    Optional<SessionHistory> history(SessionKey session);

    /** Initial values of a session's context. */
    record NewSession(
            @Nullable String userId, String agent, Map<String, Object> metadata, Duration ttl, Instant createdAt) {}

    /**
     * History of a session.
     *
     * @param turns latest turns, oldest first
     * @param damaged number of turns that are omitted because their stored form is damaged
     */
    record SessionHistory(List<PastTurn> turns, int damaged) {}

    /**
     * Returns context and history of a session, or empty if the session does not exist. If the session keeps changing
     * while it is read, the two can differ by a few changes.
     */
    Optional<SessionSnapshot> snapshot(SessionKey session);

    /** Context and history of a session. */
    record SessionSnapshot(SessionContext context, SessionHistory history) {}
}

package io.turnlane.gateway.sessions;

import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads sessions and makes new ones. Throws a data access exception where memory is away. */
interface SessionStore {

    /** Makes a context where there is none. */
    void create(SessionKey session, NewSession fresh);

    /** Throws a refusal where its stored form is damaged. */
    Optional<SessionContext> context(SessionKey session);

    /** The last turns, oldest first; empty where the session has no context. */
    Optional<SessionHistory> history(SessionKey session);

    /** What a new session starts with. */
    record NewSession(
            @Nullable String userId, String agent, Map<String, Object> metadata, Duration ttl, Instant createdAt) {}

    /**
     * A session's past.
     *
     * @param damaged turns that are left out because their stored form is damaged
     */
    record SessionHistory(List<PastTurn> turns, int damaged) {}

    /** Its context and its history, as they stood at one moment; empty where there is no context. */
    Optional<SessionSnapshot> snapshot(SessionKey session);

    /** All that is remembered of a session. */
    record SessionSnapshot(SessionContext context, SessionHistory history) {}
}

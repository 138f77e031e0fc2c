package io.turnlane.gateway.directory;

import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every user's sessions, by when each was last asked something; within a minute, for that is how often a session that
 * is asked again and again is noted. Bounded, and pruned by its readers: an entry says only that there was a session.
 *
 * <p>Throws a data access exception where memory is away. Safe for use by any number of threads.
 */
public interface SessionList {

    /** The session was asked something, or made. */
    void recordActivity(SessionKey session, Instant at);

    /**
     * The latest first.
     *
     * @param namespace of the user's session keys
     * @param after the last that was seen; null to start
     */
    List<ListedSession> read(String namespace, @Nullable ListedSession after, int most);

    /** The session is gone; stays where it was asked something after this entry was read. */
    void remove(String namespace, ListedSession gone);

    /** One session of the list. */
    record ListedSession(SessionId sessionId, Instant at) {}
}

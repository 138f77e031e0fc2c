package io.turnlane.gateway.directory;

import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * List of each user's sessions, sorted by last activity. The last activity of a session is updated at most once a
 * minute, so the order is accurate to one minute. The size of the list is bounded. A list can contain sessions that no
 * longer exist. Its readers must check each session and {@linkplain #remove remove} the entries of missing ones.
 *
 * <p>Every method throws a data access exception if Redis is unavailable. Safe for use by any number of threads.
 */
public interface SessionList {

    /** Records that a session was created or asked a question at the given time. */
    void recordActivity(SessionKey session, Instant at);

    /**
     * Returns the entries that follow {@code after}. The most recently active session comes first.
     *
     * @param namespace namespace of the user's session keys
     * @param after last entry that the caller has read; null to start at the first entry
     * @param most maximum number of entries to return
     */
    List<ListedSession> read(String namespace, @Nullable ListedSession after, int most);

    /** Removes the entry of a session that no longer exists, unless the session was active after the entry was read. */
    void remove(String namespace, ListedSession entry);

    /**
     * Entry of the list.
     *
     * @param at last activity, accurate to one minute
     */
    record ListedSession(SessionId sessionId, Instant at) {}
}

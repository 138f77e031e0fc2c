package io.turnlane.gateway.requests;

import io.turnlane.gateway.deliver.Cursor;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/**
 * Read access to request records. Every method throws a {@link DataAccessException} if Redis is unavailable.
 *
 * <p>Safe for use by any number of threads.
 */
public interface RequestRecords {

    /**
     * Returns a request of a session, or empty if the session has no such request.
     *
     * @throws ProblemDetailException if the stored record is damaged
     */
    Optional<RequestRecord> find(SessionKey session, RequestId requestId);

    /**
     * Returns the session's open requests, oldest first. The records contain the agent and the state. They do not
     * contain the questions, because a session can have a hundred open requests of 32 KiB each. Damaged records are
     * omitted.
     */
    List<RequestRecord> open(SessionKey session);

    /**
     * Returns a page of the session's requests, newest first, without their answers. Damaged records are omitted. Empty
     * if the session has neither a context nor a request.
     *
     * @param statuses statuses to return
     * @param after position after which the page starts; null for the first page
     * @param limit maximum number of requests; a page may have fewer even if more follow
     */
    Optional<RequestPage> page(
            SessionKey session, Set<RequestStatus> statuses, @Nullable RequestCursor after, int limit);

    /** @param next position after the page; null on the last page */
    record RequestPage(
            List<RequestRecord> requests, @Nullable RequestCursor next) {}

    /** Returns true if the session has a context or an open request. */
    boolean sessionExists(SessionKey session);

    /**
     * Checks that a session exists, before a client subscribes to its events. If Redis is unavailable, a cursor of the
     * session suffices: its events can still be read from Kafka.
     *
     * @param after cursor that the client sent; null if it sent none
     * @throws ProblemDetailException if the session does not exist
     * @throws DataAccessException if Redis is unavailable and {@code after} is not a cursor of the session
     */
    default void requireSession(SessionKey session, @Nullable Cursor after) {
        try {
            if (!sessionExists(session)) {
                throw ProblemDetailException.notFound("session");
            }
        } catch (DataAccessException unavailable) {
            if (after == null || !after.belongsTo(session)) {
                throw unavailable;
            }
        }
    }
}

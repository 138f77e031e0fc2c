package io.turnlane.gateway.requests;

import io.turnlane.gateway.deliver.Cursor;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/** Reads requests. Throws a {@link DataAccessException} where memory is away. */
public interface RequestRecords {

    /** One request; empty where there is none, or not in this session. */
    Optional<RequestRecord> find(SessionKey session, RequestId requestId);

    /**
     * The session's requests that have not ended, oldest first, in short: who answers and how they stand, without what
     * was asked. A session may have a hundred, of 32 KiB each. Those whose record is damaged are left out.
     */
    List<RequestRecord> open(SessionKey session);

    /** Whether there is such a session: a context, or a request that hasn't ended. */
    boolean sessionExists(SessionKey session);

    /**
     * A session that may be followed. While memory is away a cursor of it is proof enough that there was one; the log
     * has what follows.
     *
     * @throws ProblemDetailException where there is no such session
     */
    default void requireSession(SessionKey session, @Nullable Cursor after) {
        try {
            if (!sessionExists(session)) {
                throw ProblemDetailException.notFound("session");
            }
        } catch (DataAccessException away) {
            if (after == null || !after.belongsTo(session)) {
                throw away;
            }
        }
    }
}

package io.turnlane.gateway.requests;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.util.List;
import java.util.Optional;

/** Reads requests. Throws {@link org.springframework.dao.DataAccessException} where memory is away. */
public interface RequestRecords {

    /** One request; empty where there is none, or not in this session. */
    Optional<RequestRecord> find(SessionKey session, RequestId requestId);

    /** The session's requests that have not ended, oldest first. */
    List<RequestRecord> open(SessionKey session);

    /** Whether there is such a session: a context, or a request that hasn't ended. */
    boolean knows(SessionKey session);
}

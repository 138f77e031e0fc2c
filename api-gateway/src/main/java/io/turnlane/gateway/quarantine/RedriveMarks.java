package io.turnlane.gateway.quarantine;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.util.Optional;

/**
 * Stores redrive marks. A mark contains the id of the request that asked the question of a quarantined turn again.
 * Methods throw a data access exception if Redis is unavailable.
 */
interface RedriveMarks {

    Optional<RequestId> find(SessionKey session, RequestId quarantined);

    /** Stores a mark and replaces an earlier one. */
    void put(SessionKey session, RequestId quarantined, RequestId redrivenAs);
}

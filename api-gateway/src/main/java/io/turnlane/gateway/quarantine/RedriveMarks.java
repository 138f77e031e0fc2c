package io.turnlane.gateway.quarantine;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.util.Optional;

/** Remembers as what quarantined turns were asked again. Throws a data access exception where memory is away. */
interface RedriveMarks {

    Optional<RequestId> find(SessionKey session, RequestId quarantined);

    /** A later mark replaces an earlier one. */
    void put(SessionKey session, RequestId quarantined, RequestId redrivenAs);
}

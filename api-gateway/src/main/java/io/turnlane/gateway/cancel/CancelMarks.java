package io.turnlane.gateway.cancel;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;

/** Marks request records as cancelled. Methods throw a data access exception if Redis is unavailable. */
interface CancelMarks {

    /** Result of marking a request. */
    enum Mark {
        /** The request does not exist. */
        UNKNOWN,
        /** The request had already ended. */
        ENDED,
        /** The request is marked and can only end as cancelled. The cancel is possibly not on the turns topic yet. */
        MARKED,
        /** The request is marked and can only end as cancelled, and the cancel is on the turns topic. */
        LOGGED,
        /** The request is a command that changes its session. Such commands can't be cancelled. */
        COMMAND
    }

    /**
     * Marks a request as cancelled. Marking it again has no effect.
     *
     * @param reason reason of the client, or an empty string. The reason of the first call is kept.
     */
    Mark mark(SessionKey session, RequestId requestId, String reason);

    /** Stores that the cancel of a marked request is on the turns topic. */
    void markLogged(SessionKey session, RequestId requestId);
}

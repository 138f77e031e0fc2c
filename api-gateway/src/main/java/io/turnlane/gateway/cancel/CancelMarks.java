package io.turnlane.gateway.cancel;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;

/** Notes that a request isn't wanted any more; a data access exception where memory is away. */
interface CancelMarks {

    /** What became of the note. */
    enum Mark {
        /** There is no such request. */
        UNKNOWN,
        /** It had ended before. */
        ENDED,
        /** It may only end as cancelled from now on. */
        MARKED,
        /** It is a change of its session, which asks nothing and can't be stopped. */
        COMMAND
    }

    /** @param reason empty where the client gave none; the first one counts */
    Mark mark(SessionKey session, RequestId requestId, String reason);
}

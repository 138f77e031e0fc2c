package io.turnlane.model;

import java.time.Instant;
import java.util.Objects;

/**
 * On the control topic: a client wants this turn to end. The request's record says so too; this only tells its owner
 * now.
 */
public record WakeUp(RequestId requestId, SessionId sessionId, Instant at) {

    /** In the record's {@code type} header. */
    public static final String TYPE = "cancel";

    public WakeUp {
        Objects.requireNonNull(requestId, "request_id");
        Objects.requireNonNull(sessionId, "session_id");
        Objects.requireNonNull(at, "at");
    }
}

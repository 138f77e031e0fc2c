package io.turnlane.model;

import java.time.Instant;
import java.util.Objects;

/**
 * Record on the control topic: a client has requested the cancellation of this turn. The cancel itself is stored in the
 * request record. Because of the wake-up, the processor that holds the turn ends it at once, and not only when it next
 * reads the request record.
 */
public record WakeUp(RequestId requestId, SessionId sessionId, Instant at) {

    /** Value of the record's {@code type} header. */
    public static final String TYPE = "cancel";

    public WakeUp {
        Objects.requireNonNull(requestId, "request_id");
        Objects.requireNonNull(sessionId, "session_id");
        Objects.requireNonNull(at, "at");
    }
}

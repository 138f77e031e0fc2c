package io.turnlane.model;

import java.time.Instant;
import java.util.Objects;

/**
 * Record on the control topic: a client has requested the cancellation of this turn. The cancel itself is stored in the
 * request record. The wake-up makes the processor end the turn at once, before it next reads the request record.
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

package io.turnlane.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A terminal event as it stands in JSON: with an answer, or with an error. */
record TerminalEvent(
        RequestId requestId,
        SessionId sessionId,
        int attempt,
        int seq,
        Instant at,
        @Nullable Answer answer,
        @Nullable TurnError error) {

    TerminalEvent {
        Objects.requireNonNull(requestId, "request_id");
        Objects.requireNonNull(sessionId, "session_id");
        Objects.requireNonNull(at, "at");
        if (answer == null && error == null) {
            throw new IllegalArgumentException("no terminal event");
        }
    }

    TurnEvent event() {
        TurnEvent.Body body =
                answer == null ? new TurnEvent.Failed(Objects.requireNonNull(error)) : new TurnEvent.Completed(answer);
        return new TurnEvent(requestId, sessionId, attempt, seq, at, body);
    }
}

package io.turnlane.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A terminal event as it stands in JSON: with an answer, an error, or the reason for having neither. */
record TerminalEvent(
        RequestId requestId,
        SessionId sessionId,
        String type,
        int attempt,
        int seq,
        Instant at,
        @Nullable Answer answer,
        @Nullable TurnError error,
        @Nullable String reason,
        @Nullable RequestId by) {

    TerminalEvent {
        Objects.requireNonNull(requestId, "request_id");
        Objects.requireNonNull(sessionId, "session_id");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(type, "type");
    }

    /** @throws IllegalArgumentException where it is none */
    TurnEvent event() {
        return new TurnEvent(requestId, sessionId, attempt, seq, at, body());
    }

    private TurnEvent.Body body() {
        return switch (type) {
            case "completed" -> new TurnEvent.Completed(required(answer));
            case "failed" -> new TurnEvent.Failed(required(error));
            case "cancelled" -> new TurnEvent.Cancelled(cause());
            case "superseded" -> new TurnEvent.Superseded(cause());
            case "rejected" -> new TurnEvent.Rejected(cause());
            default -> throw new IllegalArgumentException("no terminal event");
        };
    }

    private EndCause cause() {
        return new EndCause(required(reason), by);
    }

    private static <T> T required(@Nullable T part) {
        if (part == null) {
            throw new IllegalArgumentException("a terminal event without what belongs to it");
        }
        return part;
    }
}

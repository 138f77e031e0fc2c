package io.turnlane.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * JSON form of a terminal event. Contains an answer, an error, or the reason for which the turn ended without an answer
 * and without an error.
 */
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
        @Nullable RequestId by,
        @Nullable Usage usage) {

    TerminalEvent {
        Objects.requireNonNull(requestId, "request_id");
        Objects.requireNonNull(sessionId, "session_id");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(type, "type");
    }

    /**
     * Returns the turn event.
     *
     * @throws IllegalArgumentException if the type is not terminal or a required field is missing
     */
    TurnEvent event() {
        return new TurnEvent(requestId, sessionId, attempt, seq, at, body());
    }

    private TurnEvent.Body body() {
        return switch (type) {
            case "completed" -> new TurnEvent.Completed(required(answer));
            case "failed" -> new TurnEvent.Failed(required(error), orNone(usage));
            case "cancelled" -> new TurnEvent.Cancelled(cause(), orNone(usage));
            case "superseded" -> new TurnEvent.Superseded(cause());
            case "rejected" -> new TurnEvent.Rejected(cause());
            default -> throw new IllegalArgumentException("the event type is not terminal");
        };
    }

    private EndCause cause() {
        return new EndCause(required(reason), by);
    }

    private static Usage orNone(@Nullable Usage usage) {
        return Objects.requireNonNullElse(usage, Usage.NONE);
    }

    private static <T> T required(@Nullable T part) {
        if (part == null) {
            throw new IllegalArgumentException("the terminal event lacks its answer, error or reason");
        }
        return part;
    }
}

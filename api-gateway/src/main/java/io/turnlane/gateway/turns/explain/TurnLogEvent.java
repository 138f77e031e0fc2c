package io.turnlane.gateway.turns.explain;

import io.turnlane.model.CalledModel;
import io.turnlane.model.RequestStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Event of a turn in the log.
 *
 * @param attempt number of the attempt, from 1; 0 before the first one
 * @param body JSON of the event; empty for pieces of the answer
 * @param modelCalls calls of models in the attempt that this event ends
 */
record TurnLogEvent(
        int partition,
        long offset,
        Instant at,
        String type,
        int attempt,
        Map<String, Object> body,
        List<CalledModel> modelCalls) {

    boolean isTerminal() {
        return RequestStatus.isTerminalType(type);
    }

    boolean isOf(int number) {
        return attempt == number;
    }

    /** Returns a text of the body; null if it has none. */
    @Nullable
    String text(String field) {
        return body.get(field) instanceof String text ? text : null;
    }

    /** Returns the code of the error in the body; null if it has none. */
    @Nullable
    String errorCode() {
        return body.get("error") instanceof Map<?, ?> error && error.get("code") instanceof String code ? code : null;
    }

    int number(String field) {
        return body.get(field) instanceof Number number ? number.intValue() : 0;
    }

    Duration duration(String field) {
        return body.get(field) instanceof Number seconds
                ? Duration.ofNanos((long) (seconds.doubleValue() * 1e9))
                : Duration.ZERO;
    }

    @Nullable
    Instant time(String field) {
        String text = text(field);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}

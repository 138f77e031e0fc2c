package io.turnlane.client;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One event of a stream.
 *
 * @param cursor position to resume from after this event; empty if the event has none
 * @param type event type, for example {@code delta}; readers ignore types that they do not know
 * @param data JSON object of the event: {@code request_id, session_id, type, at, attempt, seq} and the type's own
 *     fields
 */
public record TurnUpdate(Optional<String> cursor, String type, JsonNode data) {

    /** Returns the request id of the turn; empty for a gap in a session's stream. */
    public String requestId() {
        return data.path("request_id").asString("");
    }

    /** Returns the text of a {@code delta}; empty for other types. */
    public String text() {
        return type.equals("delta") ? data.path("text").asString("") : "";
    }
}

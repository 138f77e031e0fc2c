package io.turnlane.client;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One event of a stream, as the contract has it.
 *
 * @param cursor where a stream goes on after it; nothing where it has none
 * @param type such as {@code delta}; a reader passes over types that it doesn't know
 * @param data its JSON object: {@code request_id, session_id, type, at, attempt, seq} and the type's own fields
 */
public record TurnUpdate(Optional<String> cursor, String type, JsonNode data) {

    /** The turn that it is about; empty for a gap in a session's stream. */
    public String requestId() {
        return data.path("request_id").asString("");
    }

    /** The piece of text that a {@code delta} brings; else empty. */
    public String text() {
        return type.equals("delta") ? data.path("text").asString("") : "";
    }
}

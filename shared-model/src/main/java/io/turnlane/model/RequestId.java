package io.turnlane.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Names one turn. Gateways make UUIDv7, so that ids sort by the time they were accepted. */
public record RequestId(UUID value) {

    /**
     * Reads the canonical text form.
     *
     * @throws IllegalArgumentException where the text is not a UUID of 36 characters
     */
    public static RequestId parse(String text) {
        UUID id = uuidOf(text);
        // UUID.fromString takes more than one text for an id, such as groups of other lengths.
        if (id == null || !id.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException("request_id must be a UUID of 36 characters");
        }
        return new RequestId(id);
    }

    private static @Nullable UUID uuidOf(String text) {
        try {
            return text.length() == 36 ? UUID.fromString(text) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return value.toString();
    }
}

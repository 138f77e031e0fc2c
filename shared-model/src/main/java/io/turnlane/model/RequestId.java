package io.turnlane.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Identifier of one turn. Gateways create UUIDv7, so that ids sort by acceptance time. */
public record RequestId(UUID value) {

    /**
     * Parses the canonical text form.
     *
     * @throws IllegalArgumentException if the text is not a UUID of 36 characters
     */
    public static RequestId parse(String text) {
        UUID id = uuidOf(text);
        // UUID.fromString also accepts other forms, such as groups of other lengths.
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

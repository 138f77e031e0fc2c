package io.turnlane.model;

import java.util.UUID;

/** Names one turn. Gateways make UUIDv7, so that ids sort by the time they were accepted. */
public record RequestId(UUID value) {

    /**
     * Reads the canonical text form.
     *
     * @throws IllegalArgumentException where the text is not a UUID of 36 characters
     */
    public static RequestId parse(String text) {
        if (text.length() != 36) {
            throw new IllegalArgumentException("request_id must be a UUID of 36 characters");
        }
        try {
            return new RequestId(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("request_id must be a UUID of 36 characters", e);
        }
    }

    @Override
    public String toString() {
        return value.toString();
    }
}

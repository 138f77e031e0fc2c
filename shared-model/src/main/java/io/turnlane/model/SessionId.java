package io.turnlane.model;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names one conversation: 1 to 128 of {@code A-Z a-z 0-9 . _ -}, chosen by the client or random with 122 bits. Anything
 * else is refused with an {@link IllegalArgumentException}.
 */
public record SessionId(String value) {

    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    public SessionId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("session_id must be 1 to 128 of A-Z a-z 0-9 . _ -");
        }
    }

    /** A session id that nobody can guess. */
    public static SessionId random() {
        return new SessionId(UUID.randomUUID().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.turnlane.model;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Identifier of one conversation: 1 to 128 of {@code A-Z a-z 0-9 . _ -}, chosen by the client or random with 122 bits.
 * The ids {@code .} and {@code ..} are not allowed, because clients remove such segments from the path of a URL. The
 * constructor throws {@link IllegalArgumentException} for any other text.
 */
public record SessionId(String value) {

    private static final Pattern SHAPE = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,128}");

    public SessionId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("session_id must be 1 to 128 of A-Z a-z 0-9 . _ - and not . or ..");
        }
    }

    public static boolean isValid(String text) {
        return SHAPE.matcher(text).matches();
    }

    /** Returns a random session id that cannot be guessed. */
    public static SessionId random() {
        return new SessionId(UUID.randomUUID().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}

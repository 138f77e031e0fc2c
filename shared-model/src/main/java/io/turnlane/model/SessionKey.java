package io.turnlane.model;

import io.turnlane.model.json.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Key that identifies a session among the sessions of all users. It is the key of the session's Kafka records, the key
 * of its lane, and the hash tag of its Redis keys.
 *
 * <p>The text form is {@code <namespace>:<session id>}. The namespace is the first 16 characters of the user id's
 * SHA-256 in base64url, or {@code -} for anonymous sessions. Sessions of different users never share a key, even if
 * their ids are equal.
 */
public record SessionKey(String namespace, SessionId sessionId) {

    private static final String ANONYMOUS = "-";
    private static final Pattern NAMESPACE = Pattern.compile("-|[A-Za-z0-9_-]{16}");

    public SessionKey {
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw new IllegalArgumentException("the namespace of a session key must be - or 16 base64url characters");
        }
    }

    /** Returns the key of a session of this user, or of an anonymous session if the user is null. */
    public static SessionKey of(@Nullable String userId, SessionId sessionId) {
        return new SessionKey(namespaceOf(userId), sessionId);
    }

    /**
     * Parses the key of a record.
     *
     * @throws IllegalArgumentException if the text is not a session key
     */
    public static SessionKey parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("a session key must have the form <namespace>:<session id>");
        }
        return new SessionKey(text.substring(0, colon), new SessionId(text.substring(colon + 1)));
    }

    /**
     * Returns the namespace that separates this user's sessions from those of others; {@code -} if the user is null.
     */
    public static String namespaceOf(@Nullable String userId) {
        if (userId == null) {
            return ANONYMOUS;
        }
        byte[] digest = Sha256.of(userId.getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest).substring(0, 16);
    }

    @Override
    public String toString() {
        return namespace + ":" + sessionId;
    }
}

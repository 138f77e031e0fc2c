package io.turnlane.model;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A session in its user's own namespace: the Kafka key, the lane's key and the Redis hash tag.
 *
 * <p>The text is {@code <namespace>:<session id>}, the namespace being the first 16 characters of the user id's SHA-256
 * in base64url, or {@code -} without users. Two users who choose the same session id never meet.
 */
public record SessionKey(String namespace, SessionId sessionId) {

    private static final String NOBODY = "-";
    private static final Pattern NAMESPACE = Pattern.compile("-|[A-Za-z0-9_-]{16}");

    public SessionKey {
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw new IllegalArgumentException("a session key's namespace is - or 16 base64url characters");
        }
    }

    /** The key of a session of this user, or of nobody in particular. */
    public static SessionKey of(@Nullable String userId, SessionId sessionId) {
        return new SessionKey(namespaceOf(userId), sessionId);
    }

    /**
     * Reads a record's key.
     *
     * @throws IllegalArgumentException where the text is no session key
     */
    public static SessionKey parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("a session key is <namespace>:<session id>");
        }
        return new SessionKey(text.substring(0, colon), new SessionId(text.substring(colon + 1)));
    }

    /** What keeps this user's sessions apart from those of others; {@code -} for nobody in particular. */
    public static String namespaceOf(@Nullable String userId) {
        if (userId == null) {
            return NOBODY;
        }
        byte[] digest = Sha256.of(userId.getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest).substring(0, 16);
    }

    @Override
    public String toString() {
        return namespace + ":" + sessionId;
    }
}

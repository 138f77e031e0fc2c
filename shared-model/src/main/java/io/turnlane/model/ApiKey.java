package io.turnlane.model;

import java.time.Instant;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An API key as it stands in the keys topic, under its id. The key itself is {@code tl_<id>_<secret>} and is stored
 * nowhere; a fast hash does, because the secret is random and not a word that could be guessed.
 *
 * @param id names the key; not secret
 * @param sha256 of the whole key's text, in lower-case hex; empty once it is revoked
 * @param userId whose sessions it opens
 * @param name what its maker calls it
 * @param expiresAt from when it opens nothing; null where it doesn't expire
 * @param revokedAt null while it stands
 */
public record ApiKey(
        String id,
        String sha256,
        String userId,
        Set<Scope> scopes,
        @Nullable String name,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt) {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{12}");
    private static final Pattern HASH = Pattern.compile("([0-9a-f]{64})?");
    private static final int LONGEST_USER = 255;

    public ApiKey {
        if (!ID.matcher(id).matches() || !HASH.matcher(sha256).matches()) {
            throw new IllegalArgumentException("an API key has an id of 12 hex digits and a SHA-256 of 64");
        }
        if (userId.isBlank() || userId.length() > LONGEST_USER) {
            throw new IllegalArgumentException("a user id has 1 to " + LONGEST_USER + " characters");
        }
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("an API key has at least one scope");
        }
        scopes = Scope.sorted(scopes);
    }

    /** Whether it has been revoked. */
    public boolean revoked() {
        return revokedAt != null;
    }

    /** Whether its time is over. */
    public boolean expired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    /** The same, opening nothing any more; its hash is forgotten. */
    public ApiKey revoke(Instant at) {
        return new ApiKey(id, "", userId, scopes, name, createdAt, expiresAt, at);
    }
}

package io.turnlane.model;

import io.turnlane.model.json.JsonLimits;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Record of an API key on the keys topic. The record's key is {@code id}. Only the hash of the API key's text,
 * {@code tl_<id>_<secret>}, is stored. A fast hash function is sufficient, because the secret is random and cannot be
 * guessed.
 *
 * @param id identifier of the key; not secret
 * @param sha256 SHA-256 of the whole text of the key, in lower-case hex; empty if the key is revoked
 * @param userId user whose sessions the key gives access to
 * @param name display name, or null if the key has none
 * @param expiresAt time from which the key is invalid, or null if it does not expire
 * @param revokedAt time of revocation, or null if the key is not revoked
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
    private static final int MAX_USER_LENGTH = 255;

    public ApiKey {
        if (!ID.matcher(id).matches() || !HASH.matcher(sha256).matches()) {
            throw new IllegalArgumentException("an API key must have an id of 12 and a SHA-256 of 64 hex digits");
        }
        if (userId.isBlank() || userId.length() > MAX_USER_LENGTH || !JsonLimits.isWellFormed(userId)) {
            throw new IllegalArgumentException("a user id must have 1 to " + MAX_USER_LENGTH + " characters");
        }
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("an API key must have at least one scope");
        }
        scopes = Scope.sorted(scopes);
    }

    public boolean revoked() {
        return revokedAt != null;
    }

    public boolean expired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    /** Returns a revoked copy of this key, without its hash. */
    public ApiKey revoke(Instant at) {
        return new ApiKey(id, "", userId, scopes, name, createdAt, expiresAt, at);
    }
}

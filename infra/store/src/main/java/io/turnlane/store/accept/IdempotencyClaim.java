package io.turnlane.store.accept;

import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;

/**
 * Claim of an Idempotency-Key: the stored relation between a key and the request that used it first. The claim ensures
 * that a retry of the call does not ask the question again. The key and the body are stored as SHA-256 in base64url, so
 * that neither appears in the names of Redis keys or in log messages.
 *
 * @param bodyHash hash of the request body without explicit default values
 * @param scope scope of the key, which determines the hash slot of the claim
 */
public record IdempotencyClaim(String keyHash, String bodyHash, ClaimScope scope) {

    /** Scope of an Idempotency-Key. Keys with the same text in different scopes are different keys. */
    public enum ClaimScope {
        /** The question names its session. The claim is in the session's hash slot. */
        SESSION,
        /**
         * The question names no session. The claim is in the caller's hash slot, because a retry does not know the
         * session that the first call created.
         */
        CALLER
    }

    /** Returns the Redis key of this claim for a question in {@code session}. */
    String redisKey(SessionKey session) {
        return switch (scope) {
            case SESSION -> new MemoryKeys(session).claim(keyHash);
            case CALLER -> MemoryKeys.claimOfUser(session.namespace(), keyHash);
        };
    }
}

package io.turnlane.gateway.ask;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.CanonicalJson;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.Sha256;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Claim of an Idempotency-Key: the stored relation between a key and the request that used it first. The claim ensures
 * that a retry of the call does not ask the question again. The key and the body are stored as SHA-256 in base64url, so
 * that neither appears in the names of Redis keys or in log messages.
 *
 * @param keyHash hash of the key
 * @param bodyHash hash of the request body without explicit default values
 * @param scope scope of the key, which determines the hash slot of the claim
 */
record IdempotencyClaim(String keyHash, String bodyHash, ClaimScope scope) {

    private static final Pattern SYNTAX = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Scope of an Idempotency-Key. Keys with the same text in different scopes are different keys. */
    enum ClaimScope {
        /** The question names its session. The claim is in the session's hash slot. */
        SESSION,
        /**
         * The question names no session. The claim is in the caller's hash slot, because a retry does not know the
         * session that the first call created.
         */
        CALLER
    }

    /**
     * Returns the claim for an {@code Idempotency-Key} header; null if there is no header.
     *
     * @param header value of the header; null if the client sent none
     * @throws ProblemDetailException if the value is not a valid key
     */
    static @Nullable IdempotencyClaim of(@Nullable String header, AskBody asked, ClaimScope scope) {
        if (header == null) {
            return null;
        }
        if (!SYNTAX.matcher(header).matches()) {
            throw ProblemDetailException.invalid(
                    "Idempotency-Key must be 1 to 255 visible ASCII characters without spaces");
        }
        return new IdempotencyClaim(hash(header.getBytes(StandardCharsets.US_ASCII)), hash(canonical(asked)), scope);
    }

    /**
     * Returns the claim that prevents a second redrive of a quarantined turn. Its key contains a space, which is not
     * allowed in the key of a client.
     */
    static IdempotencyClaim ofRedrive(RequestId quarantined, AskBody asked) {
        String key = "redrive " + quarantined;
        return new IdempotencyClaim(
                hash(key.getBytes(StandardCharsets.US_ASCII)), hash(canonical(asked)), ClaimScope.SESSION);
    }

    /** Returns the Redis key of this claim for a question in {@code session}. */
    String redisKey(SessionKey session) {
        return switch (scope) {
            case SESSION -> new MemoryKeys(session).claim(keyHash);
            case CALLER -> MemoryKeys.claimOfUser(session.namespace(), keyHash);
        };
    }

    /**
     * Returns the body in a canonical form. A client that retries can write the same body differently: with fields in
     * another order, or with 1.0 instead of 1.
     */
    private static byte[] canonical(AskBody asked) {
        return CanonicalJson.of(JSON.convertValue(asked, Map.class));
    }

    private static String hash(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(bytes));
    }
}

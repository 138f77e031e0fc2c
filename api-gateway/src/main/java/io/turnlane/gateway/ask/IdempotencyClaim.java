package io.turnlane.gateway.ask;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.MemoryKeys;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an Idempotency-Key claims: that this question is asked once. Key and question are kept as SHA-256 in base64url,
 * so that neither stands in memory's key names or in a log.
 *
 * @param keyHash the key's hash
 * @param bodyHash the question's: what was asked, of whom, with which metadata
 * @param scope whose slot it is claimed in
 */
record IdempotencyClaim(String keyHash, String bodyHash, ClaimScope scope) {

    private static final Pattern SYNTAX = Pattern.compile("[\\x21-\\x7e]{1,255}");

    /** A client may write its metadata in another order the second time. */
    private static final JsonMapper SORTED = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /** A key means something only within its scope: the same text elsewhere is another key. */
    enum ClaimScope {
        /** The question named its session, and the claim lies beside it. */
        SESSION,
        /** It named none, so that a retry can't know the session: the claim lies with its caller's. */
        CALLER
    }

    /**
     * @param header as the client sent it; null where it sent none
     * @throws ProblemDetailException where it is no key
     */
    static @Nullable IdempotencyClaim of(@Nullable String header, AskBody asked, ClaimScope scope) {
        if (header == null) {
            return null;
        }
        if (!SYNTAX.matcher(header).matches()) {
            throw ProblemDetailException.invalid(
                    "Idempotency-Key must be 1 to 255 visible ASCII characters, without blanks");
        }
        return new IdempotencyClaim(
                hash(header.getBytes(StandardCharsets.US_ASCII)), hash(SORTED.writeValueAsBytes(asked)), scope);
    }

    /** Of a quarantined turn that is asked again once; its key has a blank, so that no client's is ever the same. */
    static IdempotencyClaim ofRedrive(RequestId quarantined, AskBody asked) {
        String key = "redrive " + quarantined;
        return new IdempotencyClaim(
                hash(key.getBytes(StandardCharsets.US_ASCII)),
                hash(SORTED.writeValueAsBytes(asked)),
                ClaimScope.SESSION);
    }

    /** The Redis key of this claim, where its question goes to this session. */
    String redisKey(SessionKey session) {
        return switch (scope) {
            case SESSION -> new MemoryKeys(session).claim(keyHash);
            case CALLER -> MemoryKeys.claimOfUser(session.namespace(), keyHash);
        };
    }

    private static String hash(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(bytes));
    }
}

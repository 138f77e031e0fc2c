package io.turnlane.gateway.turns.ask;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.json.CanonicalJson;
import io.turnlane.model.json.Sha256;
import io.turnlane.store.accept.IdempotencyClaim;
import io.turnlane.store.accept.IdempotencyClaim.ClaimScope;
import io.turnlane.store.accept.PreparedTurn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Computes idempotency claims from Idempotency-Keys and request bodies. */
public final class IdempotencyKeys {

    private static final Pattern SYNTAX = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private static final JsonMapper JSON = JsonMapper.shared();

    private IdempotencyKeys() {}

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
        check(header);
        return new IdempotencyClaim(hash(header), bodyHash(asked), scope);
    }

    private static void check(String header) {
        if (!SYNTAX.matcher(header).matches()) {
            throw ProblemDetailException.invalid(
                    "Idempotency-Key must be 1 to 255 visible ASCII characters without spaces");
        }
    }

    /**
     * Returns the claim of one question of a batch. Its key contains spaces, which are not allowed in the key of a
     * client.
     *
     * @param header value of the batch's {@code Idempotency-Key} header; null if the client sent none
     * @param index position of the question in the batch
     * @param session session that the question names, or null
     */
    public static @Nullable IdempotencyClaim ofBatchItem(
            @Nullable String header, int index, AskBody asked, @Nullable SessionId session) {
        return header == null
                ? null
                : new IdempotencyClaim(
                        hash("batch " + header + " " + index),
                        bodyHash(asked.withoutDefaults()),
                        session == null ? ClaimScope.CALLER : ClaimScope.SESSION);
    }

    /**
     * Returns the id of a batch. Calls of a user with the same key have the same id, so that a repeated call finds the
     * batch.
     *
     * @throws ProblemDetailException if the value of the header is not a valid key
     */
    public static RequestId batchId(String namespace, String header) {
        check(header);
        ByteBuffer hash =
                ByteBuffer.wrap(Sha256.of(("batch " + namespace + " " + header).getBytes(StandardCharsets.US_ASCII)));
        long most = (hash.getLong() & ~0xf000L) | 0x8000L; // version 8: content defined by the application
        long least = (hash.getLong() & ~(0b11L << 62)) | (0b10L << 62); // variant of RFC 9562
        return new RequestId(new UUID(most, least));
    }

    /**
     * Returns the hash of a body in canonical form. A client that retries can write the same body differently: with
     * fields in another order, or with 1.0 instead of 1.
     */
    public static String bodyHash(Object body) {
        return hash(CanonicalJson.of(JSON.convertValue(body, Map.class)));
    }

    /**
     * Returns the claim that prevents a second redrive of a quarantined turn. Its key contains a space, which is not
     * allowed in the key of a client.
     */
    public static IdempotencyClaim ofRedrive(RequestId quarantined, PreparedTurn turn) {
        AskBody asked = new AskBody(turn.question(), turn.agent(), turn.metadata(), null);
        return new IdempotencyClaim(hash("redrive " + quarantined), bodyHash(asked), ClaimScope.SESSION);
    }

    private static String hash(String key) {
        return hash(key.getBytes(StandardCharsets.US_ASCII));
    }

    private static String hash(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(bytes));
    }
}

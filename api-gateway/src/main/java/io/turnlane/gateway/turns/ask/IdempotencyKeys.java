package io.turnlane.gateway.turns.ask;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.RequestId;
import io.turnlane.model.json.CanonicalJson;
import io.turnlane.model.json.Sha256;
import io.turnlane.store.accept.IdempotencyClaim;
import io.turnlane.store.accept.IdempotencyClaim.ClaimScope;
import io.turnlane.store.accept.PreparedTurn;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
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
    public static IdempotencyClaim ofRedrive(RequestId quarantined, PreparedTurn turn) {
        AskBody asked = new AskBody(turn.question(), turn.agent(), turn.metadata(), null);
        String key = "redrive " + quarantined;
        return new IdempotencyClaim(
                hash(key.getBytes(StandardCharsets.US_ASCII)), hash(canonical(asked)), ClaimScope.SESSION);
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

package io.turnlane.gateway.ask;

import io.turnlane.gateway.requests.RequestResource;

/**
 * A question that the log has.
 *
 * @param request as it stands
 * @param replayed whether an earlier call asked it, under the same Idempotency-Key
 */
public record Submission(RequestResource request, boolean replayed) {

    /** The header that tells a client so. */
    public static final String REPLAYED = "Idempotency-Replayed";
}

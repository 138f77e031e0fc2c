package io.turnlane.gateway.ask;

import io.turnlane.gateway.requests.RequestResource;
import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/**
 * A question that the log has.
 *
 * @param request as it stands
 * @param replayed whether an earlier call asked it, under the same Idempotency-Key
 */
public record Submission(RequestResource request, boolean replayed) {

    /** The header that tells a client so. */
    public static final String REPLAYED = "Idempotency-Replayed";

    /** How its answer begins: 200 where it has ended, else 202; where it is, and whether an earlier call asked it. */
    public ResponseEntity.BodyBuilder responseBuilder() {
        ResponseEntity.BodyBuilder head = ResponseEntity.status(request.ended() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .location(URI.create(request.links().self()))
                .header("X-Request-Id", request.requestId().toString());
        return replayed ? head.header(REPLAYED, "true") : head;
    }
}

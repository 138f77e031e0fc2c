package io.turnlane.gateway.turns.ask;

import io.turnlane.gateway.turns.requests.RequestResource;
import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/**
 * Published question.
 *
 * @param request request in its current state
 * @param replayed true if an earlier call with the same Idempotency-Key asked the question
 */
public record Submission(RequestResource request, boolean replayed) {

    /** Name of the response header that is {@code true} if the submission is {@link #replayed}. */
    public static final String REPLAYED = "Idempotency-Replayed";

    /** Returns a response without a body: status 200 if the request has ended, otherwise 202, and its headers. */
    public ResponseEntity.BodyBuilder responseBuilder() {
        ResponseEntity.BodyBuilder head = ResponseEntity.status(request.ended() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .location(URI.create(request.links().self()))
                .header("X-Request-Id", request.requestId().toString());
        return replayed ? head.header(REPLAYED, "true") : head;
    }
}

package io.turnlane.gateway.cancel;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.requests.RequestResource;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Stop: through any gateway, as often as a client likes. */
@Tag(name = "requests")
@RestController
final class CancelController {

    private final Cancellations cancellations;

    CancelController(Cancellations cancellations) {
        this.cancellations = cancellations;
    }

    /** @param reason up to 200 characters, told in the request's last event */
    record CancelBody(@Nullable String reason) {}

    @Operation(
            summary = "Stop a request",
            description =
                    "202: it hasn't ended and will end `cancelled`, at once where it waits, within a moment where it "
                            + "runs; the `cancelled` event says when. 200: it had ended before. The same again is harmless.")
    @ApiResponse(responseCode = "200", description = "It had ended before")
    @ApiResponse(responseCode = "202", description = "It will end as cancelled")
    @PostMapping("/v1/sessions/{sid}/requests/{rid}/cancel")
    ResponseEntity<RequestResource> cancel(
            Caller caller,
            @PathVariable SessionId sid,
            @PathVariable RequestId rid,
            @RequestBody(required = false) @Nullable CancelBody body) {
        RequestResource request =
                cancellations.cancel(caller.sessionKey(sid), rid, body == null ? null : body.reason());
        return ResponseEntity.status(request.ended() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .header("X-Request-Id", rid.toString())
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(request);
    }
}

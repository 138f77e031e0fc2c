package io.turnlane.gateway.turns.cancel;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.model.RequestId;
import io.turnlane.model.Scope;
import io.turnlane.model.SessionId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Endpoint that cancels a request. Any gateway accepts the call, and repeating it is harmless. */
@Tag(name = "requests")
@RestController
record CancelController(Cancellations cancellations) {

    /** @param reason text of at most 200 characters for the {@code cancelled} event */
    record CancelBody(@Nullable String reason) {}

    @Operation(
            operationId = "cancelRequest",
            summary = "Cancel a request",
            description =
                    "Returns 202 if the request has not ended. It then ends as `cancelled`: immediately if it waits, "
                            + "and shortly afterwards if it runs. A `cancelled` event follows. Returns 200 if the "
                            + "request had already ended. Repeating the call is harmless. Without the scope `read`, the "
                            + "response contains no question, answer and other texts.")
    @ApiResponse(responseCode = "200", description = "The request had already ended")
    @ApiResponse(responseCode = "202", description = "The request has ended or will end as cancelled")
    @PostMapping(path = "/v1/sessions/{sid}/requests/{rid}/cancel", consumes = "application/json")
    ResponseEntity<RequestResource> cancel(
            Caller caller,
            @PathVariable SessionId sid,
            @PathVariable RequestId rid,
            @RequestBody(required = false) @Nullable CancelBody body) {
        Cancellations.CancelResult result = cancellations.cancel(caller, sid, rid, body == null ? null : body.reason());
        RequestResource request = result.request();
        boolean mayRead = caller.scopes().contains(Scope.READ);
        return ResponseEntity.status(result.cameTooLate() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .header("X-Request-Id", rid.toString())
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(mayRead ? request : request.withoutContent());
    }
}

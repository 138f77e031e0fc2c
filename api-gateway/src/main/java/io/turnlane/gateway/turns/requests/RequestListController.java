package io.turnlane.gateway.turns.requests;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.store.request.RequestRecords;
import io.turnlane.store.request.RequestRecords.RequestPage;
import io.turnlane.store.request.RequestRecords.RequestPosition;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Endpoint that lists the requests of a session, including requests whose turns are not in the session's history. */
@Tag(name = "requests")
@RestController
record RequestListController(RequestRecords records) {

    private static final int MAX_PAGE = 100;

    /** @param next value of {@code cursor} for the next page; null on the last page */
    record RequestListResponse(
            List<RequestSummary> requests, @Nullable String next) {}

    @Operation(
            operationId = "listRequests",
            summary = "List the requests of a session, newest first",
            description = "Questions in any status, also failed and cancelled ones, and changes of the session. A page "
                    + "may contain fewer requests than `limit` although `next` indicates that more follow. Requests "
                    + "are listed for 24 h by default, even if the session has expired.")
    @GetMapping("/v1/sessions/{sid}/requests")
    ResponseEntity<RequestListResponse> list(
            Caller caller,
            @PathVariable SessionId sid,
            @Parameter(description = "Statuses to list, for example `failed,cancelled`; all if absent")
                    @RequestParam(required = false)
                    @Nullable
                    List<RequestStatus> status,
            @Parameter(description = "Maximum number of requests, from 1 to 100") @RequestParam(defaultValue = "20")
                    int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw ProblemDetailException.invalid("limit must be from 1 to " + MAX_PAGE);
        }
        Set<RequestStatus> wanted =
                status == null || status.isEmpty() ? EnumSet.allOf(RequestStatus.class) : EnumSet.copyOf(status);
        RequestCursor after = cursor == null ? null : RequestCursor.parse(cursor);
        RequestPage page = records.page(caller.sessionKey(sid), wanted, after == null ? null : after.position(), limit)
                .orElseThrow(() -> ProblemDetailException.notFound("session"));
        RequestPosition next = page.next();
        return ResponseEntity.ok()
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(new RequestListResponse(
                        page.requests().stream().map(RequestSummary::of).toList(),
                        next == null ? null : new RequestCursor(next).toString()));
    }
}

package io.turnlane.gateway.operations.quarantine;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Operator;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.Submission;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.model.SessionCommand.Ask;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Endpoints for operators to inspect and redrive quarantined turns and unreadable records. */
@Tag(name = "quarantine")
@RestController
@RequestMapping("/v1/quarantine")
record QuarantineController(KafkaQuarantineLog log, Redrive redrive) {

    private static final int MAX_LIMIT = 100;

    /** @param next value for the parameter {@code cursor} that requests the next page; null if no records are left */
    record QuarantineListing(
            List<QuarantineResource> turns, @Nullable String next) {}

    @Operation(
            operationId = "listQuarantine",
            summary = "List quarantined turns, newest first",
            description = "A page may have fewer turns than its limit even if more follow. Send `next` as `cursor` "
                    + "to get the next page.")
    @GetMapping
    ResponseEntity<QuarantineListing> list(
            Operator operator,
            @Parameter(description = "Maximum number of turns, 1 to 100") @RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw ProblemDetailException.invalid("limit must be from 1 to " + MAX_LIMIT + ".");
        }
        KafkaQuarantineLog.QuarantinePage page =
                log.page(cursor == null ? null : QuarantineCursor.parse(cursor), limit);
        QuarantineCursor next = page.next();
        return notCached(new QuarantineListing(
                page.turns().stream().map(turn -> resource(turn, operator)).toList(),
                next == null ? null : next.toString()));
    }

    @Operation(operationId = "getQuarantinedTurn", summary = "Get a quarantined turn")
    @GetMapping("/{rid}")
    ResponseEntity<QuarantineResource> show(Operator operator, @PathVariable String rid) {
        return notCached(resource(find(rid), operator));
    }

    @Operation(
            operationId = "redrive",
            summary = "Redrive a quarantined turn",
            description = "Asks the question again under a new request id, after the turns queued in its session, and "
                    + "returns 202. If the turn was already redriven, returns 200 with the earlier request, "
                    + "unless `again` is true. Returns 422 if the record holds no question.")
    @ApiResponse(responseCode = "200", description = "The turn was already redriven")
    @ApiResponse(responseCode = "202", description = "The question is asked again")
    @PostMapping("/{rid}/redrive")
    ResponseEntity<RequestResource> redrive(
            Operator operator,
            @PathVariable String rid,
            @RequestParam(defaultValue = "false") boolean again,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent) {
        Submission submission = redrive.redrive(find(rid), again, traceparent);
        RequestResource request = submission.request();
        return ResponseEntity.status(submission.replayed() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .location(URI.create(request.links().self()))
                .header("X-Request-Id", request.requestId().toString())
                .body(operator.seesContent() ? request : request.withoutContent());
    }

    private QuarantineRecord find(String id) {
        return log.find(id).orElseThrow(() -> ProblemDetailException.notFound("quarantined turn"));
    }

    private QuarantineResource resource(QuarantineRecord quarantined, Operator operator) {
        Ask ask = quarantined.ask();
        return QuarantineResource.of(
                quarantined, ask == null ? null : redrive.redrivenAs(ask).orElse(null), operator.seesContent());
    }

    private static <T> ResponseEntity<T> notCached(T body) {
        return ResponseEntity.ok().header(HttpHeaders.CACHE_CONTROL, "no-store").body(body);
    }
}

package io.turnlane.gateway.turns.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.Submission;
import io.turnlane.gateway.turns.batch.BatchIntake.SubmittedBatch;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.gateway.turns.requests.WaitTimes;
import io.turnlane.model.RequestId;
import io.turnlane.model.Scope;
import io.turnlane.model.TurnError;
import io.turnlane.store.batch.StoredBatch;
import io.turnlane.store.batch.StoredBatch.Item;
import io.turnlane.store.request.RequestRecords;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Endpoints that ask many questions in one call and return their results. */
@Tag(name = "batches")
@RestController
@RequestMapping("/v1/batches")
record BatchController(BatchIntake intake, BatchStates states, RequestRecords requests) {

    private static final int MAX_PAGE = 100;

    /** @param next value of {@code cursor} for the next page; null on the last page */
    record BatchResultsResponse(
            List<BatchResult> results, @Nullable String next) {}

    /**
     * Result of a question.
     *
     * @param index position in the call, from 0
     * @param request request of the question, with its answer; absent if there is none
     * @param error reason for which there is no request: the question was not accepted, or its record is gone
     */
    record BatchResult(
            int index,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            RequestResource request,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            TurnError error) {}

    @Operation(
            operationId = "askBatch",
            summary = "Ask many questions in one call",
            description = "Accepts each question like `POST /v1/requests` or `POST /v1/sessions/{sid}/requests`, with "
                    + "the same limits. Questions of different sessions are answered concurrently. A question that is "
                    + "not accepted does not affect the others: its item has the status `not_accepted` and an `error`. "
                    + "If no question is accepted, the call fails with the problem of the first one.")
    @ApiResponse(responseCode = "200", description = "All questions have ended; an earlier call asked them")
    @ApiResponse(responseCode = "202", description = "At least one question was accepted")
    @PostMapping(consumes = "application/json")
    ResponseEntity<BatchResource> ask(
            Caller caller,
            @RequestBody BatchBody body,
            @Parameter(
                            description = "1 to 255 visible ASCII characters, for example a UUID. If a call fails or "
                                    + "its reply is lost, repeat it with the same key and body: questions that were "
                                    + "accepted are not asked again. Keys are kept for 24 h by default.",
                            example = "8f14e45f-ceea-467f-a0e6-0f7d1c1b5d1e")
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable
                    String key,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent) {
        SubmittedBatch submitted = intake.submit(caller, body, traceparent, key);
        BatchResource batch =
                submitted.replayed() ? states.current(submitted.batch()) : BatchStates.accepted(submitted.batch());
        ResponseEntity.BodyBuilder response = ResponseEntity.status(batch.ended() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .location(URI.create(batch.links().self()))
                .header(HttpHeaders.CACHE_CONTROL, "no-store");
        if (submitted.replayed()) {
            response.header(Submission.REPLAYED, "true");
        }
        return response.body(caller.scopes().contains(Scope.READ) ? batch : batch.withoutMessages());
    }

    @Operation(
            operationId = "getBatch",
            summary = "Read a batch",
            description = "Returns the status of every question, and the errors of those that failed or were not "
                    + "accepted. With `wait`, the call returns when all questions have ended, or after that many "
                    + "seconds.")
    @GetMapping("/{bid}")
    ResponseEntity<BatchResource> read(
            Caller caller,
            @PathVariable RequestId bid,
            @Parameter(description = "Maximum time to wait in seconds, at most 60")
                    @RequestParam(required = false)
                    @Nullable
                    Integer wait) {
        Duration timeout = WaitTimes.fromQuery(wait);
        StoredBatch batch = states.find(caller.namespace(), bid);
        if (timeout.isPositive()) {
            states.awaitEnd(batch, timeout);
        }
        return uncached(states.current(batch));
    }

    @Operation(
            operationId = "listBatchResults",
            summary = "Read the answers of a batch",
            description =
                    "Returns the requests of the questions in the order of the call, with their answers. Requests "
                            + "that have not ended have no answer yet.")
    @GetMapping("/{bid}/results")
    ResponseEntity<BatchResultsResponse> results(
            Caller caller,
            @PathVariable RequestId bid,
            @Parameter(description = "Maximum number of results, from 1 to 100") @RequestParam(defaultValue = "20")
                    int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw ProblemDetailException.invalid("limit must be from 1 to " + MAX_PAGE);
        }
        List<Item> items = states.find(caller.namespace(), bid).items();
        int first = Math.min(position(cursor), items.size());
        int end = Math.min(first + limit, items.size());
        List<BatchResult> results = new ArrayList<>();
        for (int index = first; index < end; index++) {
            results.add(result(index, items.get(index)));
        }
        return uncached(new BatchResultsResponse(results, end < items.size() ? Integer.toString(end) : null));
    }

    private BatchResult result(int index, Item item) {
        return switch (item) {
            case Item.NotAccepted(TurnError error) -> new BatchResult(index, null, error);
            case Item.Asked asked ->
                requests.find(asked.session(), asked.requestId())
                        .map(request -> new BatchResult(index, RequestResource.of(request), null))
                        .orElseGet(() -> new BatchResult(index, null, states.missing(asked)));
        };
    }

    private static int position(@Nullable String cursor) {
        if (cursor == null) {
            return 0;
        }
        if (!cursor.matches("\\d{1,9}")) {
            throw ProblemDetailException.invalid("cursor must be a value of next that this service returned");
        }
        return Integer.parseInt(cursor);
    }

    private static <T> ResponseEntity<T> uncached(T body) {
        return ResponseEntity.ok().header(HttpHeaders.CACHE_CONTROL, "no-store").body(body);
    }
}

package io.turnlane.gateway.turns.shortform;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.turns.ask.AnsweredTurns;
import io.turnlane.gateway.turns.ask.QuestionIntake;
import io.turnlane.gateway.turns.ask.Submission;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.deliver.Outbox;
import io.turnlane.gateway.turns.deliver.Subscription;
import io.turnlane.gateway.turns.deliver.Subscription.EventFilter;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.gateway.turns.requests.WaitTimes;
import io.turnlane.gateway.turns.stream.RequestStreams;
import io.turnlane.gateway.turns.stream.SseStream;
import io.turnlane.model.SessionKey;
import io.turnlane.store.accept.PreparedTurn;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Endpoints of the short forms. One call asks a question and returns its complete answer or streams its events. */
@Tag(name = "short forms")
@RestController
record ShortFormController(
        QuestionIntake intake, AnsweredTurns answered, EventStreams streams, RequestStreams requests, SseStream sse) {

    @Operation(
            operationId = "askAndWait",
            summary = "Ask and wait for the answer",
            description = "Waits up to 60 s for the answer. If the turn has not ended by then, returns 202 with the "
                    + "`Location` of the request. If the turn fails, returns 200 with `error`.")
    @ApiResponse(responseCode = "200", description = "The request has ended")
    @ApiResponse(responseCode = "202", description = "The request has not ended within 60 s")
    @PostMapping(path = "/ask", consumes = "application/json")
    ResponseEntity<ShortAnswer> ask(
            Caller caller,
            @RequestBody ShortBody body,
            @Parameter(description = "See `POST /v1/requests`")
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable
                    String key,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent) {
        PreparedTurn turn = intake.prepare(caller, body.sessionId(), body.toAskBody(), traceparent, key);
        Submission submission = answered.submitAndWait(turn, WaitTimes.LONGEST);
        return submission.responseBuilder().body(ShortAnswer.of(submission.request()));
    }

    @Operation(
            operationId = "askAndStream",
            summary = "Ask and stream the answer",
            description = "Streams the events of the request until it ends.")
    @ApiResponse(
            responseCode = "200",
            description = "Stream of events",
            content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string")))
    @PostMapping(path = "/ask-stream", consumes = "application/json", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void askStream(
            Caller caller,
            @RequestBody ShortBody body,
            @Parameter(description = "See `POST /v1/requests`")
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable
                    String key,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent,
            HttpServletResponse response) {
        PreparedTurn turn = intake.prepare(caller, body.sessionId(), body.toAskBody(), traceparent, key);
        Submission submission = submitAndStream(turn, response);
        if (submission.replayed()) {
            // An earlier call asked the question. Stream its events from the start, or from its record if it has ended.
            response.setHeader(Submission.REPLAYED, "true");
            RequestResource first = submission.request();
            SessionKey session = new SessionKey(turn.session().namespace(), first.sessionId());
            requests.serve(session, first.requestId(), null, false, response);
        }
    }

    /**
     * Submits a question and streams its events. Subscribes before it publishes the turn, so that no event is missed.
     * If an earlier call with the same Idempotency-Key asked the question, returns without streaming.
     */
    private Submission submitAndStream(PreparedTurn turn, HttpServletResponse response) {
        Outbox outbox = streams.openOutbox();
        Subscription subscription = null;
        try {
            subscription = streams.subscribeLive(outbox, turn.session(), EventFilter.request(turn.requestId()));
            Submission submission = intake.submit(turn);
            RequestResource request = submission.request();
            response.setHeader("X-Request-Id", request.requestId().toString());
            response.setHeader("Location", request.links().self());
            if (!submission.replayed()) {
                sse.writeRequest(response, outbox);
            }
            return submission;
        } finally {
            if (subscription != null) {
                streams.close(subscription);
            }
            streams.closeOutbox(outbox);
        }
    }
}

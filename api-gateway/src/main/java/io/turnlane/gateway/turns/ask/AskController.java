package io.turnlane.gateway.turns.ask;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.gateway.turns.requests.WaitTimes;
import io.turnlane.model.SessionId;
import io.turnlane.store.accept.PreparedTurn;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * Endpoints that ask a question. They return 202 when the question is published. If the client sent {@code Prefer:
 * wait} and the request ended in time, they return 200 with the finished request.
 *
 * <p>The journey of a turn continues in {@link AnsweredTurns}.
 */
@Tag(name = "ask")
@RestController
final class AskController {

    /** Description of the {@code Idempotency-Key} header for the OpenAPI document. */
    public static final String KEY_HELP =
            "1 to 255 visible ASCII characters, for example a UUID. A retry with the same key and body does not ask "
                    + "again. It returns the first request in its current state, with `Idempotency-Replayed: true`. "
                    + "Keys are kept for 24 h by default.";

    private static final String FINISHED =
            "The request has ended: you waited for it with `Prefer: wait`, or an earlier call asked the question";

    private static final String ACCEPTED = "The question was accepted and its request has not ended";

    private final QuestionIntake intake;
    private final AnsweredTurns answered;

    AskController(QuestionIntake intake, AnsweredTurns answered) {
        this.intake = intake;
        this.answered = answered;
    }

    @Operation(
            operationId = "ask",
            summary = "Ask in a session",
            description =
                    "Creates the session if it does not exist. Returns 202 with the waiting request, or 200 with the "
                            + "finished request if you send `Prefer: wait=N` and it ends within N seconds.")
    @ApiResponse(responseCode = "200", description = FINISHED)
    @ApiResponse(responseCode = "202", description = ACCEPTED)
    @PostMapping(path = "/v1/sessions/{sid}/requests", consumes = "application/json")
    ResponseEntity<RequestResource> ask(
            Caller caller,
            @PathVariable SessionId sid,
            @RequestBody AskBody body,
            @Parameter(example = "wait=30") @RequestHeader(required = false) @Nullable String prefer,
            @Parameter(description = KEY_HELP, example = "8f14e45f-ceea-467f-a0e6-0f7d1c1b5d1e")
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable
                    String key,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent) {
        return answer(intake.prepare(caller, sid, body, traceparent, key), prefer);
    }

    @Operation(operationId = "askAnonymously", summary = "Ask in a new anonymous session")
    @ApiResponse(responseCode = "200", description = FINISHED)
    @ApiResponse(responseCode = "202", description = ACCEPTED)
    @PostMapping(path = "/v1/requests", consumes = "application/json")
    ResponseEntity<RequestResource> askAnonymously(
            Caller caller,
            @RequestBody AskBody body,
            @Parameter(example = "wait=30") @RequestHeader(required = false) @Nullable String prefer,
            @Parameter(description = KEY_HELP, example = "8f14e45f-ceea-467f-a0e6-0f7d1c1b5d1e")
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable
                    String key,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent) {
        return answer(intake.prepare(caller, null, body, traceparent, key), prefer);
    }

    private ResponseEntity<RequestResource> answer(PreparedTurn turn, @Nullable String prefer) {
        Optional<Duration> timeout = WaitTimes.fromPreferHeader(prefer);
        Submission submission = timeout.isPresent() ? answered.submitAndWait(turn, timeout.get()) : intake.submit(turn);
        ResponseEntity.BodyBuilder response = submission.responseBuilder();
        timeout.ifPresent(wait -> response.header("Preference-Applied", "wait=" + wait.toSeconds()));
        return response.body(submission.request());
    }
}

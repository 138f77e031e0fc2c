package io.turnlane.gateway.ask;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.requests.RequestResource;
import io.turnlane.gateway.requests.WaitTimes;
import io.turnlane.model.SessionId;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Ask: 202 as soon as the log has the question, or with {@code Prefer: wait} the finished request. */
@Tag(name = "ask")
@RestController
final class AskController {

    /** What the header does, for the API's description. */
    public static final String KEY_HELP =
            "1 to 255 visible ASCII characters, e.g. a UUID. The same key and body ask once: a retry gets the first "
                    + "request as it stands, with `Idempotency-Replayed: true`. Kept for 24 h";

    private final QuestionIntake intake;
    private final AnsweredTurns answered;

    AskController(QuestionIntake intake, AnsweredTurns answered) {
        this.intake = intake;
        this.answered = answered;
    }

    @Operation(
            summary = "Ask in a session",
            description =
                    "Makes the session where it is new. 202 with the request as it waits, or 200 with the finished "
                            + "request where `Prefer: wait=N` was given and it ended within N seconds.")
    @ResponseStatus(HttpStatus.ACCEPTED)
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

    @Operation(summary = "Ask in a new anonymous session")
    @ResponseStatus(HttpStatus.ACCEPTED)
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
        Optional<Duration> patience = WaitTimes.fromPreferHeader(prefer);
        Submission submission =
                patience.isPresent() ? answered.submitAndWait(turn, patience.get()) : intake.submit(turn);
        ResponseEntity.BodyBuilder response = submission.responseBuilder();
        patience.ifPresent(wait -> response.header("Preference-Applied", "wait=" + wait.toSeconds()));
        return response.body(submission.request());
    }
}

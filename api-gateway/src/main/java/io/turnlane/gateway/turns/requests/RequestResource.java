package io.turnlane.gateway.turns.requests;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.RequestTimes;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import io.turnlane.store.accept.Acceptance.Accepted;
import io.turnlane.store.accept.PreparedTurn;
import io.turnlane.store.request.RequestRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JSON representation of a request for clients.
 *
 * @param type type of the command, such as {@code import_session}; absent for a question
 * @param processingStage latest stage that the agent reported; the status if the agent reported none or if the request
 *     has ended
 * @param attempt number of the latest attempt; 0 if no attempt has begun
 * @param position number of turns ahead in the session; 0 unless the request is queued
 * @param redriveOf quarantined request that this request asks again
 * @param webhook result of the webhook: delivered, failed or refused; absent if it is not known yet
 * @param question null for a command
 * @param agent null for a command
 * @param route route that chose the agent; absent if the client or its session named the agent
 * @param processingTime time from acceptance to the end, in seconds: the sum of {@code queuedTime} and {@code runTime}
 * @param queuedTime time from acceptance until the first attempt began, in seconds
 * @param runTime time from the beginning of the first attempt to the end, in seconds
 * @param cancelRequested true if a client has cancelled the request
 * @param reason reason for which the request was cancelled, superseded or rejected
 * @param by request that superseded or rejected this request
 * @param absorbs requests that were merged into this request, oldest first
 * @param usage usage of all attempts that have ended; absent if no model was called
 * @param estimatedWait estimated time until the request starts, in seconds; absent if the request does not wait, or if
 *     there are no data for an estimate
 */
public record RequestResource(
        RequestId requestId,
        SessionId sessionId,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String type,

        RequestStatus status,
        @Nullable String question,
        @Nullable String agent,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String route,

        @Nullable Answer answer,
        String processingStage,
        @Nullable TurnError error,
        int attempt,
        int position,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,

        @Schema(description = "Seconds from acceptance to the end: the sum of `queued_time` and `run_time`") @Nullable
        Duration processingTime,

        @Schema(description = "Seconds from acceptance until the first attempt began") @Nullable
        Duration queuedTime,

        @Schema(
                description = "Seconds from the beginning of the first attempt to the end, with the delays between "
                        + "attempts")
        @Nullable
        Duration runTime,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable RequestId redriveOf,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String webhook,

        boolean cancelRequested,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable RequestId by,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RequestId> absorbs,

        @Schema(description = "Usage of all attempts that have ended; absent if no model was called")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        Usage usage,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Duration estimatedWait,

        Links links) {

    /** Paths of the request's resources, relative to the URL of the service. */
    public record Links(String self, String events, String cancel, String timeline) {

        static Links of(SessionId session, RequestId requestId) {
            String self = "/v1/sessions/" + session + "/requests/" + requestId;
            return new Links(self, self + "/events", self + "/cancel", self + "/timeline");
        }
    }

    /** Returns the resource of a stored request, without an estimated wait. */
    public static RequestResource of(RequestRecord request) {
        String stage = request.stage();
        EndCause cause = request.cause();
        return new RequestResource(
                request.requestId(),
                request.sessionId(),
                request.type(),
                request.status(),
                request.type() == null ? request.question() : null,
                request.type() == null ? request.agent() : null,
                request.route(),
                request.answer(),
                request.ended() || stage == null ? request.status().wire() : stage,
                request.error(),
                request.attempt(),
                request.position(),
                request.createdAt(),
                request.startedAt(),
                request.finishedAt(),
                request.processingTime(),
                request.queuedTime(),
                request.runTime(),
                request.redriveOf(),
                request.webhook(),
                request.cancelRequested(),
                cause == null ? null : cause.reason(),
                cause == null ? null : cause.by(),
                request.absorbs(),
                orNull(request.usage()),
                null,
                Links.of(request.sessionId(), request.requestId()));
    }

    /** Returns the resource of a question that was just accepted. */
    public static RequestResource accepted(Accepted accepted) {
        PreparedTurn turn = accepted.turn();
        RequestStatus queued = RequestStatus.QUEUED;
        Links links = Links.of(turn.session().sessionId(), turn.requestId());
        return new RequestResource(
                turn.requestId(),
                turn.session().sessionId(),
                null,
                queued,
                turn.question(),
                accepted.agent(),
                accepted.route(),
                null,
                queued.wire(),
                null,
                0,
                accepted.position(),
                turn.createdAt(),
                null,
                null,
                null,
                null,
                null,
                turn.redriveOf(),
                null,
                false,
                null,
                null,
                List.of(),
                null,
                null,
                links);
    }

    /**
     * Returns this question as it is after its turn has completed. The result equals {@link #of} for the stored record.
     */
    RequestResource completed(Answer result, int lastAttempt, RequestTimes times) {
        Duration processing = times.processingTime(createdAt);
        Duration queued = times.queuedTime(createdAt);
        return new RequestResource(
                requestId,
                sessionId,
                type,
                RequestStatus.COMPLETED,
                question,
                agent,
                route,
                result,
                RequestStatus.COMPLETED.wire(),
                null,
                lastAttempt,
                0,
                createdAt,
                times.startedAt(),
                times.finishedAt(),
                processing,
                queued,
                processing.minus(queued),
                redriveOf,
                webhook,
                false,
                null,
                null,
                absorbs,
                orNull(result.usage()),
                null,
                links);
    }

    /** Returns this resource with an estimated wait, or without one if {@code estimate} is null. */
    public RequestResource withEstimatedWait(@Nullable Duration estimate) {
        return with(question, answer, processingStage, error, reason, estimate);
    }

    /**
     * Returns this resource without texts of clients and agents, for callers who do not have the scope {@code read}.
     */
    public RequestResource withoutContent() {
        TurnError codeOnly = error == null ? null : new TurnError(error.code(), "");
        return with("", null, status.wire(), codeOnly, null, estimatedWait);
    }

    private RequestResource with(
            @Nullable String question,
            @Nullable Answer answer,
            String processingStage,
            @Nullable TurnError error,
            @Nullable String reason,
            @Nullable Duration estimatedWait) {
        return new RequestResource(
                requestId,
                sessionId,
                type,
                status,
                question,
                agent,
                route,
                answer,
                processingStage,
                error,
                attempt,
                position,
                createdAt,
                startedAt,
                finishedAt,
                processingTime,
                queuedTime,
                runTime,
                redriveOf,
                webhook,
                cancelRequested,
                reason,
                by,
                absorbs,
                usage,
                estimatedWait,
                links);
    }

    private static @Nullable Usage orNull(Usage usage) {
        return usage.equals(Usage.NONE) ? null : usage;
    }

    public boolean ended() {
        return status.isTerminal();
    }
}

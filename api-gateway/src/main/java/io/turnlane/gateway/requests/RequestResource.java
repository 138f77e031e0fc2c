package io.turnlane.gateway.requests;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as clients see it.
 *
 * @param type of a command that changes its session and asks nothing, such as {@code import_session}; else absent
 * @param processingStage what the agent is doing, in its words; the status where it said nothing or is done
 * @param attempt the newest, 0 before the first
 * @param position how many turns of the session are before it; 0 once it runs
 * @param redriveOf the quarantined request that this one asks again
 * @param webhook what became of its webhook, once that is known: delivered, failed or refused
 * @param processingTime seconds from acceptance to the end
 * @param cancelRequested whether somebody doesn't want its answer any more
 * @param reason why it was cancelled, superseded or rejected
 * @param by the request that it made way for
 * @param absorbs requests that were merged into it, oldest first
 * @param estimatedWait seconds until it may begin, while it waits and where there is a basis for that
 */
public record RequestResource(
        RequestId requestId,
        SessionId sessionId,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String type,

        RequestStatus status,
        String question,
        String agent,
        @Nullable Answer answer,
        String processingStage,
        @Nullable TurnError error,
        int attempt,
        int position,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Duration processingTime,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable RequestId redriveOf,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String webhook,

        boolean cancelRequested,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable RequestId by,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RequestId> absorbs,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Duration estimatedWait,

        Links links) {

    /** Where to go on, relative to the service. */
    public record Links(String self, String events, String cancel, String timeline) {

        static Links of(SessionId session, RequestId requestId) {
            String self = "/v1/sessions/" + session + "/requests/" + requestId;
            return new Links(self, self + "/events", self + "/cancel", self + "/timeline");
        }
    }

    public static RequestResource of(RequestRecord request) {
        String stage = request.stage();
        EndCause cause = request.cause();
        return new RequestResource(
                request.requestId(),
                request.sessionId(),
                request.type(),
                request.status(),
                request.question(),
                request.agent(),
                request.answer(),
                request.ended() || stage == null ? request.status().wire() : stage,
                request.error(),
                request.attempt(),
                request.position(),
                request.createdAt(),
                request.startedAt(),
                request.finishedAt(),
                request.processingTime(),
                request.redriveOf(),
                request.webhook(),
                request.cancelRequested(),
                cause == null ? null : cause.reason(),
                cause == null ? null : cause.by(),
                request.absorbs(),
                null,
                Links.of(request.sessionId(), request.requestId()));
    }

    /** A request that was accepted this moment. */
    public static RequestResource accepted(
            RequestId requestId,
            SessionId session,
            String question,
            String agent,
            int position,
            Instant at,
            @Nullable RequestId redriveOf) {
        RequestStatus queued = RequestStatus.QUEUED;
        Links links = Links.of(session, requestId);
        return new RequestResource(
                requestId,
                session,
                null,
                queued,
                question,
                agent,
                null,
                queued.wire(),
                null,
                0,
                position,
                at,
                null,
                null,
                null,
                redriveOf,
                null,
                false,
                null,
                null,
                List.of(),
                null,
                links);
    }

    /** The same, with what is known of its wait. */
    public RequestResource withEstimatedWait(@Nullable Duration estimate) {
        return new RequestResource(
                requestId,
                sessionId,
                type,
                status,
                question,
                agent,
                answer,
                processingStage,
                error,
                attempt,
                position,
                createdAt,
                startedAt,
                finishedAt,
                processingTime,
                redriveOf,
                webhook,
                cancelRequested,
                reason,
                by,
                absorbs,
                estimate,
                links);
    }

    public boolean ended() {
        return status.isTerminal();
    }
}

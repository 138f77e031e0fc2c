package io.turnlane.gateway.requests;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnlane.model.Answer;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import java.time.Duration;
import java.time.Instant;
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

        Links links) {

    /** Where to go on, relative to the service. */
    public record Links(String self, String events, String timeline) {

        static Links of(SessionId session, RequestId requestId) {
            String self = "/v1/sessions/" + session + "/requests/" + requestId;
            return new Links(self, self + "/events", self + "/timeline");
        }
    }

    public static RequestResource of(RequestRecord request) {
        String stage = request.stage();
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
                links);
    }

    public boolean ended() {
        return status.terminal();
    }
}

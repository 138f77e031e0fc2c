package io.turnlane.gateway.turns.requests;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import io.turnlane.store.request.RequestRecord;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * JSON representation of a request in a list. Does not contain the answer, because answers can be large.
 * {@code links.self} leads to the request with its answer. The components are those of {@link RequestResource}.
 */
public record RequestSummary(
        RequestId requestId,
        SessionId sessionId,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String type,

        RequestStatus status,
        @Nullable String question,
        @Nullable String agent,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String route,

        String processingStage,
        @Nullable TurnError error,
        int attempt,
        int position,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Duration processingTime,
        @Nullable Duration queuedTime,
        @Nullable Duration runTime,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable RequestId redriveOf,

        boolean cancelRequested,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable RequestId by,

        RequestResource.Links links) {

    /** Returns the summary of a stored request. */
    public static RequestSummary of(RequestRecord request) {
        return of(RequestResource.of(request));
    }

    /** Returns the summary of a stored request without texts of clients and agents. */
    public static RequestSummary withoutContent(RequestRecord request) {
        return of(RequestResource.of(request).withoutContent());
    }

    private static RequestSummary of(RequestResource whole) {
        return new RequestSummary(
                whole.requestId(),
                whole.sessionId(),
                whole.type(),
                whole.status(),
                whole.question(),
                whole.agent(),
                whole.route(),
                whole.processingStage(),
                whole.error(),
                whole.attempt(),
                whole.position(),
                whole.createdAt(),
                whole.startedAt(),
                whole.finishedAt(),
                whole.processingTime(),
                whole.queuedTime(),
                whole.runTime(),
                whole.redriveOf(),
                whole.cancelRequested(),
                whole.reason(),
                whole.by(),
                whole.links());
    }
}

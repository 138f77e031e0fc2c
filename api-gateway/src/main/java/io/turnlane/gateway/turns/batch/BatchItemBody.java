package io.turnlane.gateway.turns.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.AskBody;
import io.turnlane.model.Priority;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnPolicy;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Question of a batch. A question that is not valid does not prevent that the others are asked.
 *
 * @param sessionId session in which the question is asked; if absent, a new anonymous session
 */
record BatchItemBody(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "What is impermanent loss?") @Nullable
        String question,

        @Schema(description = "Session in which the question is asked; a new anonymous session if absent") @Nullable
        String sessionId,

        @Nullable String agent,
        @Nullable Map<String, Object> metadata,

        @Schema(description = "Seconds from now, at most 3600. After that time the answer is no longer wanted.")
        @Nullable
        Double deadlineSeconds,

        @Schema(description = "Treatment of the question if its session is busy with an earlier one")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        TurnPolicy policy,

        @Schema(description = "Order in which turns start if more sessions are ready than may run at once")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        Priority priority) {

    AskBody toAskBody() {
        Map<String, Object> none = Map.of();
        return new AskBody(
                question, agent, Objects.requireNonNullElse(metadata, none), deadlineSeconds, policy, priority, null);
    }

    /** @throws ProblemDetailException if the session id is not valid */
    @Nullable
    SessionId session() {
        try {
            return sessionId == null ? null : new SessionId(sessionId);
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid(String.valueOf(e.getMessage()));
        }
    }
}

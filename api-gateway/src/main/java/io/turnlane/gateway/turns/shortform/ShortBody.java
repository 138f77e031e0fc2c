package io.turnlane.gateway.turns.shortform;

import io.swagger.v3.oas.annotations.media.Schema;
import io.turnlane.gateway.turns.ask.AskBody;
import io.turnlane.model.Priority;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnPolicy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON body of a call that asks a question and returns its answer or events in the same response.
 *
 * @param sessionId session in which the question is asked; if absent, a new anonymous session
 */
record ShortBody(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
        String question,

        @Nullable SessionId sessionId,
        @Nullable String agent,
        @Nullable Map<String, Object> metadata,

        @Schema(description = "Seconds from now, at most 3600. After that time the answer is no longer wanted.")
        @Nullable
        Double deadlineSeconds,

        @Schema(description = "Treatment of the question if its session is busy with an earlier one") @Nullable
        TurnPolicy policy,

        @Schema(description = "Order in which turns start if more sessions are ready than may run at once") @Nullable
        Priority priority) {

    AskBody toAskBody() {
        return new AskBody(question, agent, metadata, deadlineSeconds, policy, priority, null);
    }
}

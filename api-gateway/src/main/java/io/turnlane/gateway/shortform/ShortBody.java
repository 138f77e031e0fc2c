package io.turnlane.gateway.shortform;

import io.swagger.v3.oas.annotations.media.Schema;
import io.turnlane.gateway.ask.AskBody;
import io.turnlane.model.Priority;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Request body of the short forms.
 *
 * @param sessionId session to ask in; a new anonymous session if absent
 */
record ShortBody(
        @Nullable String question,
        @Nullable SessionId sessionId,
        @Nullable String agent,

        @Schema(
                type = "string",
                allowableValues = {"enqueue", "reject", "interrupt", "rollback", "coalesce"},
                description = "Treatment of the question if its session is busy with an earlier one")
        @Nullable
        TurnPolicy policy,

        @Schema(
                type = "string",
                allowableValues = {"high", "normal", "low"},
                description = "Order in which turns start if more sessions are ready than may run at once")
        @Nullable
        Priority priority) {

    AskBody toAskBody() {
        return new AskBody(question, agent, null, null, policy, priority, null);
    }
}

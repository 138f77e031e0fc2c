package io.turnlane.gateway.shortform;

import io.swagger.v3.oas.annotations.media.Schema;
import io.turnlane.gateway.ask.AskBody;
import io.turnlane.model.Priority;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnPolicy;
import org.jspecify.annotations.Nullable;

/** What the short forms take; without {@code session_id} the session is a new anonymous one. */
record ShortBody(
        @Nullable String question,
        @Nullable SessionId sessionId,
        @Nullable String agent,

        @Schema(
                type = "string",
                allowableValues = {"enqueue", "reject", "interrupt", "rollback", "coalesce"},
                description = "what becomes of it where the session is busy with earlier ones")
        @Nullable
        TurnPolicy policy,

        @Schema(
                type = "string",
                allowableValues = {"high", "normal", "low"},
                description = "whose turn it is first where more sessions are ready than may run at once")
        @Nullable
        Priority priority) {

    AskBody body() {
        return new AskBody(question, agent, null, null, policy, priority, null);
    }
}

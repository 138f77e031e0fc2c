package io.turnlane.gateway.shortform;

import io.turnlane.gateway.ask.AskBody;
import io.turnlane.model.SessionId;
import org.jspecify.annotations.Nullable;

/** What the short forms take; without {@code session_id} the session is a new anonymous one. */
record ShortBody(
        @Nullable String question,
        @Nullable SessionId sessionId,
        @Nullable String agent) {

    AskBody body() {
        return new AskBody(question, agent, null, null);
    }
}

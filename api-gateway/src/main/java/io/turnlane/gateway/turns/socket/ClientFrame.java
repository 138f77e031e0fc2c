package io.turnlane.gateway.turns.socket;

import io.turnlane.gateway.turns.ask.AskBody;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnPolicy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Frame sent by a client. The reply repeats {@code ref}, so that the client can match the reply to the frame. */
sealed interface ClientFrame {

    @Nullable
    String ref();

    /** @param sessionId session to ask in; null to create a new anonymous session */
    record AskFrame(
            @Nullable String ref,
            @Nullable SessionId sessionId,
            @Nullable String question,
            @Nullable String agent,
            @Nullable Map<String, Object> metadata,
            @Nullable Double deadlineSeconds,
            @Nullable TurnPolicy policy,
            @Nullable Priority priority,
            @Nullable String callbackUrl)
            implements ClientFrame {

        AskBody body() {
            return new AskBody(question, agent, metadata, deadlineSeconds, policy, priority, callbackUrl);
        }
    }

    /** @param after cursor from which to continue; null to follow from now on */
    record SubscribeFrame(
            @Nullable String ref,
            @Nullable SessionId sessionId,
            @Nullable String after) implements ClientFrame {}

    record UnsubscribeFrame(@Nullable String ref, @Nullable SessionId sessionId) implements ClientFrame {}

    record CancelFrame(
            @Nullable String ref,
            @Nullable SessionId sessionId,
            @Nullable RequestId requestId,
            @Nullable String reason) implements ClientFrame {}

    record PingFrame(@Nullable String ref) implements ClientFrame {}
}

package io.turnlane.store.accept;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Validated question with a request id. With this id, a client can subscribe to the events of the question before the
 * question is published. If the question's Idempotency-Key was used before, the request id of the first call applies
 * instead.
 *
 * @param agent requested agent; null for the session's agent
 * @param sessionTtl time for which the session is kept without activity, if this turn creates it
 * @param eventsFrom offset in the session's events partition at which the turn's stream starts
 * @param traceparent W3C trace context of the caller
 * @param deadline duration after {@code createdAt} for which the answer is wanted; null for no deadline
 * @param claim claim of the Idempotency-Key; null without a key
 * @param redriveOf quarantined turn that this turn asks again; null for an ordinary question
 * @param callbackUrl URL to which the terminal event is posted
 * @param routes agents that routes chose for this question, by the name that the question or its session can have
 */
public record PreparedTurn(
        RequestId requestId,
        SessionKey session,
        @Nullable String userId,
        @Nullable String agent,
        String question,
        Map<String, Object> metadata,
        Duration sessionTtl,
        Instant createdAt,
        long eventsFrom,
        @Nullable String traceparent,
        @Nullable Duration deadline,
        @Nullable IdempotencyClaim claim,
        @Nullable RequestId redriveOf,
        AskOptions options,
        @Nullable CallbackUrl callbackUrl,
        Map<String, RoutedAgent> routes) {

    public PreparedTurn {
        routes = Map.copyOf(routes);
    }

    /**
     * Returns a copy of this turn with the ids and times of the turn that an earlier call with the same Idempotency-Key
     * created.
     */
    PreparedTurn asRetryOf(RequestId first, SessionKey session, Instant createdAt, long eventsFrom) {
        return sameQuestion(first, session, createdAt, eventsFrom, claim, redriveOf, callbackUrl);
    }

    /**
     * Returns this turn as a redrive of a quarantined turn.
     *
     * @param claim claim that prevents a second redrive; null if the quarantined turn may be redriven again
     */
    public PreparedTurn asRedriveOf(RequestId quarantined, @Nullable IdempotencyClaim claim) {
        return sameQuestion(requestId, session, createdAt, eventsFrom, claim, quarantined, callbackUrl);
    }

    /**
     * Returns this turn as a question of a batch.
     *
     * @param claim claim that prevents that a repeated call asks the question again, or null
     * @param callbackUrl URN of the batch if its end is posted, or null
     */
    public PreparedTurn asBatchItem(@Nullable IdempotencyClaim claim, @Nullable CallbackUrl callbackUrl) {
        return sameQuestion(requestId, session, createdAt, eventsFrom, claim, redriveOf, callbackUrl);
    }

    private PreparedTurn sameQuestion(
            RequestId requestId,
            SessionKey session,
            Instant createdAt,
            long eventsFrom,
            @Nullable IdempotencyClaim claim,
            @Nullable RequestId redriveOf,
            @Nullable CallbackUrl callbackUrl) {
        return new PreparedTurn(
                requestId,
                session,
                userId,
                agent,
                question,
                metadata,
                sessionTtl,
                createdAt,
                eventsFrom,
                traceparent,
                deadline,
                claim,
                redriveOf,
                options,
                callbackUrl,
                routes);
    }

    /**
     * Returns the command to publish.
     *
     * @param route route that chose the agent, or null
     */
    public Ask command(String agent, @Nullable String route, Duration sessionTtl) {
        return new Ask(
                requestId,
                session.sessionId(),
                userId,
                agent,
                question,
                metadata,
                sessionTtl,
                createdAt,
                deadline,
                redriveOf,
                options.policy(),
                options.priority(),
                callbackUrl,
                route);
    }
}

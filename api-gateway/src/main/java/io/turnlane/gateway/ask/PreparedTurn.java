package io.turnlane.gateway.ask;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A question that was found valid and has its id, so that a client can follow it before anybody works on it. Where its
 * Idempotency-Key stands for an earlier one, that one's id counts.
 *
 * @param agent the one asked for; null for the session's own
 * @param sessionTtl how long the session lives without activity, where this turn makes it
 * @param eventsFrom the offset of the session's events partition where its stream starts
 * @param traceparent the caller's W3C trace context
 * @param deadline how long after its creation an answer is still wanted
 * @param claim of its Idempotency-Key; null where it came without
 * @param redriveOf the quarantined turn that it asks again
 * @param options how it behaves towards others
 * @param callbackUrl where its end is to be posted to
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
        @Nullable CallbackUrl callbackUrl) {

    /** The turn that was asked first, of which this one is a retry; the question is the same. */
    PreparedTurn asRetryOf(RequestId first, SessionKey session, Instant createdAt, long eventsFrom) {
        return sameQuestion(first, session, createdAt, eventsFrom, claim, redriveOf);
    }

    /**
     * The same, as a quarantined turn that is asked again.
     *
     * @param once whether it is asked only where it wasn't asked again before
     */
    public PreparedTurn asRedriveOf(RequestId quarantined, boolean once) {
        IdempotencyClaim redrive =
                IdempotencyClaim.ofRedrive(quarantined, new AskBody(question, agent, metadata, null));
        return sameQuestion(requestId, session, createdAt, eventsFrom, once ? redrive : null, quarantined);
    }

    private PreparedTurn sameQuestion(
            RequestId requestId,
            SessionKey session,
            Instant createdAt,
            long eventsFrom,
            @Nullable IdempotencyClaim claim,
            @Nullable RequestId redriveOf) {
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
                callbackUrl);
    }

    /** What goes on the log. */
    Ask command(String agent, Duration sessionTtl) {
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
                callbackUrl);
    }
}

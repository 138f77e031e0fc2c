package io.turnlane.gateway.sessions;

import io.turnlane.model.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session as clients see it.
 *
 * @param agent who answers where a question names nobody
 * @param currentQuestion the one that is being answered
 * @param processingStage what the session's turn in flight is doing, or how the last one ended
 * @param requestCount turns that have ended
 * @param totalProcessingTime of those turns, seconds
 * @param openRequests turns that have not ended
 * @param ttlSeconds how long it lives without activity
 */
record SessionContext(
        SessionId sessionId,
        @Nullable String userId,
        String agent,
        Instant createdAt,
        Instant lastActivity,
        @Nullable String currentQuestion,
        String processingStage,
        long requestCount,
        Duration totalProcessingTime,
        int openRequests,
        Map<String, Object> metadata,
        long ttlSeconds) {}

package io.turnlane.store.session;

import io.turnlane.model.SessionId;
import io.turnlane.model.Usage;
import io.turnlane.model.ValueRanges;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Context of a session. Its JSON representation is the one for clients.
 *
 * @param agent agent that answers if a question names no agent
 * @param currentQuestion question that is being answered; null if none
 * @param processingStage stage of the running turn, or status of the last turn
 * @param requestCount number of turns that completed; failed and cancelled turns do not count
 * @param totalProcessingTime sum of the processing times of the completed turns, in seconds; includes the time for
 *     which they waited
 * @param openRequests number of open turns
 * @param ttlSeconds time for which the session is kept without activity
 * @param usage usage of models by all turns of the session
 */
public record SessionContext(
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
        long ttlSeconds,
        Usage usage) {

    /**
     * Limits the request count and the total processing time to the ranges that an import accepts, so that every
     * exported session can be imported.
     */
    public SessionContext {
        requestCount = Math.clamp(requestCount, 0, ValueRanges.MOST);
        totalProcessingTime = ValueRanges.clamp(totalProcessingTime, ValueRanges.LONGEST);
    }
}

package io.turnlane.gateway.turns.sessions;

import io.turnlane.model.AgentStates;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionId;
import io.turnlane.model.ValueRanges;
import io.turnlane.store.session.SessionContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * JSON representation of an exported session.
 *
 * @param damaged number of turns that are left out because their stored form cannot be read
 * @param omitted number of oldest turns that are left out so that an import accepts the document
 * @param checksum checksum of the rest of the document
 */
record SessionDocument(
        String format,
        int version,
        Instant exportedAt,
        SessionFields session,
        List<PastTurn> turns,
        int damaged,
        int omitted,
        String checksum) {

    /** Exported fields of the session. Counts and sums are limited to the largest values that an import accepts. */
    record SessionFields(
            SessionId sessionId,
            String agent,
            Instant createdAt,
            Instant lastActivity,
            Map<String, Object> metadata,
            Map<String, Map<String, Object>> agentStates,
            long ttlSeconds,
            long requestCount,
            Duration totalProcessingTime) {

        static SessionFields of(SessionContext context, AgentStates states) {
            return new SessionFields(
                    context.sessionId(),
                    context.agent(),
                    context.createdAt(),
                    context.lastActivity(),
                    context.metadata(),
                    states.byAgent(),
                    context.ttlSeconds(),
                    Math.min(context.requestCount(), ValueRanges.MOST),
                    ValueRanges.clamp(context.totalProcessingTime(), ValueRanges.LONGEST));
        }
    }
}

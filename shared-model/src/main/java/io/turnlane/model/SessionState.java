package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a session is, to be taken elsewhere: its context and its history. Its owner and its id aren't part of it.
 *
 * @param agent who answers where a question names nobody
 * @param metadata the client's own JSON object
 * @param ttl how long it lives without activity
 * @param requestCount turns that have ended, kept in history or not
 * @param totalProcessingTime of those turns
 * @param turns the last ones, oldest first; each has ended and stands here once
 */
public record SessionState(
        String agent,
        Map<String, Object> metadata,
        Duration ttl,
        Instant createdAt,
        long requestCount,
        Duration totalProcessingTime,
        List<PastTurn> turns) {

    public SessionState {
        Objects.requireNonNull(agent, "agent");
        Objects.requireNonNull(createdAt, "created_at");
        if (!ttl.isPositive() || requestCount < 0 || totalProcessingTime.isNegative()) {
            throw new IllegalArgumentException("a session's life is positive, and what it counts isn't negative");
        }
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        turns = List.copyOf(turns);
        Set<RequestId> once = new HashSet<>();
        for (PastTurn turn : turns) {
            check(turn);
            if (!once.add(turn.requestId())) {
                throw new IllegalArgumentException("a turn stands in a history once");
            }
        }
    }

    private static void check(PastTurn turn) {
        Objects.requireNonNull(turn.requestId(), "request_id");
        Objects.requireNonNull(turn.question(), "question");
        Objects.requireNonNull(turn.timestamp(), "timestamp");
        Objects.requireNonNull(turn.processingTime(), "processing_time");
        if (!turn.status().isTerminal()) {
            throw new IllegalArgumentException("a turn of a history has ended");
        }
    }

    /** The same with these turns. */
    public SessionState withTurns(List<PastTurn> others) {
        return new SessionState(agent, metadata, ttl, createdAt, requestCount, totalProcessingTime, others);
    }
}

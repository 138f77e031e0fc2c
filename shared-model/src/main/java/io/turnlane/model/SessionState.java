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
 * State of a session for export and import: its context and its history, without its id and its user.
 *
 * @param agent default agent of the session's questions
 * @param metadata the client's own JSON object
 * @param agentStates states that agents have set
 * @param ttl time after which the session expires without activity
 * @param requestCount number of turns that completed, including turns that are no longer in the history; for a fork,
 *     number of turns in the source's history up to the last copied turn
 * @param totalProcessingTime sum of the processing times of the turns that {@code requestCount} counts
 * @param turns last turns, oldest first; each is terminal and occurs once
 */
public record SessionState(
        String agent,
        Map<String, Object> metadata,
        AgentStates agentStates,
        Duration ttl,
        Instant createdAt,
        long requestCount,
        Duration totalProcessingTime,
        List<PastTurn> turns) {

    public SessionState {
        Objects.requireNonNull(agent, "agent");
        Objects.requireNonNull(createdAt, "created_at");
        var _ = ValueRanges.checkTime(createdAt);
        var _ = ValueRanges.checkCount("request_count", requestCount);
        var _ = ValueRanges.checkDuration("total_processing_time", totalProcessingTime, ValueRanges.LONGEST);
        if (!ttl.isPositive() || ttl.compareTo(ValueRanges.LONGEST) > 0) {
            throw new IllegalArgumentException("the session's ttl must be positive, and at most a hundred years");
        }
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        agentStates = Objects.requireNonNullElse(agentStates, AgentStates.NONE); // not sent by older versions
        turns = List.copyOf(turns);
        Set<RequestId> seen = new HashSet<>();
        for (PastTurn turn : turns) {
            check(turn);
            if (!seen.add(turn.requestId())) {
                throw new IllegalArgumentException("a history must not contain a turn twice");
            }
        }
    }

    /** Creates a state of a session in which no agent has set a state. */
    public SessionState(
            String agent,
            Map<String, Object> metadata,
            Duration ttl,
            Instant createdAt,
            long requestCount,
            Duration totalProcessingTime,
            List<PastTurn> turns) {
        this(agent, metadata, AgentStates.NONE, ttl, createdAt, requestCount, totalProcessingTime, turns);
    }

    private static void check(PastTurn turn) {
        Objects.requireNonNull(turn.requestId(), "request_id");
        Objects.requireNonNull(turn.question(), "question");
        Objects.requireNonNull(turn.timestamp(), "timestamp");
        Objects.requireNonNull(turn.processingTime(), "processing_time");
        if (!turn.status().isTerminal()) {
            throw new IllegalArgumentException("a history must contain terminal turns only");
        }
    }
}

package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Detailed statistics of a processor for operators, which it writes to Redis each second beside its
 * {@link ProcessorStatistics}. Every list has a bounded length. Contains no questions and no answers.
 *
 * @param at time at which the statistics were collected
 * @param endedPerSecond number of turns that ended each second, over the last 10 s
 * @param failures turns that failed in the last minute
 * @param agents load by agent; the agents with most turns if there are many
 * @param lanes lanes whose oldest turn was asked the longest ago, oldest first
 * @param longestWaiting lane of the turn that has waited the longest; null if no turn waits
 * @param topicPartitions number of partitions of the turns topic; 0 if the processor has owned none yet
 * @param partitions partitions that the processor owns
 * @param services models of providers that the processor's agents have used
 */
public record ProcessorDetail(
        String processor,
        Instant at,
        double endedPerSecond,
        List<FailureCount> failures,
        List<AgentLoad> agents,
        List<LaneDetail> lanes,
        @Nullable LaneDetail longestWaiting,
        int topicPartitions,
        List<PartitionDetail> partitions,
        List<ServiceDetail> services) {

    public ProcessorDetail {
        failures = List.copyOf(failures);
        agents = List.copyOf(agents);
        lanes = List.copyOf(lanes);
        partitions = List.copyOf(partitions);
        services = List.copyOf(services);
    }

    /**
     * Turns of one agent that failed with one error code.
     *
     * @param code {@linkplain ErrorCode error code}
     * @param agent name of the agent; {@code none} or {@code other} as in the metrics
     */
    public record FailureCount(String code, String agent, long turns) {}

    /**
     * Open turns of an agent. All turns of a lane count for the agent of the lane's first turn.
     *
     * @param agent name of the agent; empty if a turn names none
     */
    public record AgentLoad(String agent, int running, int waiting) {}

    /**
     * Lane of a session.
     *
     * @param namespace namespace of the user; {@code -} without authentication
     * @param state {@code running}; {@code ready} if the lane waits for a slot; {@code delayed} if its first turn waits
     *     for its next attempt; {@code blocked} if the first turn is being ended, for example after a cancel
     * @param inState time since the lane entered this state
     * @param turns number of open turns
     * @param first oldest turn
     * @param waiting oldest turn that waits; equals {@code first} unless the lane is running; null if none waits
     */
    public record LaneDetail(
            String namespace,
            SessionId sessionId,
            String state,
            Duration inState,
            int turns,
            LaneTurn first,
            @Nullable LaneTurn waiting) {}

    /**
     * Turn in a lane.
     *
     * @param agent name of the agent; null if the turn names none
     * @param askedAt timestamp of the turn's record in Kafka
     */
    public record LaneTurn(RequestId requestId, @Nullable String agent, Instant askedAt) {}

    /**
     * Partition of the turns topic.
     *
     * @param frontier offset that the processor may commit, because all earlier records are complete
     * @param position offset of the next record that the processor reads
     * @param open number of records that were read and are not complete
     * @param lag number of records that were not read yet
     * @param oldestAge time since the oldest open record was read
     * @param holder turn at the frontier, which keeps it from advancing; null if no turn does
     * @param rebuilding time since the rebuild of the partition's memory began; null if none runs
     */
    public record PartitionDetail(
            int partition,
            long frontier,
            long position,
            int open,
            long lag,
            Duration oldestAge,
            @Nullable FrontierHolder holder,
            @Nullable Duration rebuilding) {}

    /**
     * Turn that keeps a frontier from advancing.
     *
     * @param namespace namespace of the user; {@code -} without authentication
     */
    public record FrontierHolder(String namespace, SessionId sessionId, RequestId requestId) {}

    /**
     * Load of a model of a provider.
     *
     * @param host host of the provider's URL
     * @param permits maximum number of concurrent calls
     * @param free number of further calls that may start now
     * @param waiting number of calls that wait for a permit or for a rate limit
     * @param broken true if the circuit breaker is open, because recent calls failed
     * @param pausedFor time until the next call may start, because of a rate limit
     */
    public record ServiceDetail(
            String provider,
            String model,
            String host,
            int permits,
            int free,
            int waiting,
            boolean broken,
            Duration pausedFor) {}
}

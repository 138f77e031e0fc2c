package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Statistics that a processor writes to Redis each second and that gateways add up.
 *
 * @param management address of its health and metrics endpoints, {@code http://host:port}
 * @param at time at which the statistics were written
 * @param state current state; {@code RUNNING} if the processor has an older version, which does not report its state
 * @param agents agents that this processor offers
 * @param tools names of the tools that its agents can call; empty if the processor has an older version, which does not
 *     report its tools
 * @param openTurns number of turns that the processor has read and that have not ended
 * @param waiting number of turns that wait for earlier turns of their session or for a slot
 * @param partitions number of partitions of the turns topic that it owns
 * @param lag number of records in the processor's partitions that it has not read yet
 * @param oldestAge time since its oldest open turn was read
 * @param turnsLastMinute number of turns that completed in the last 60 s
 * @param totalTurns number of turns that ended since the processor started
 * @param failedTurns number of turns that failed since the processor started
 * @param cache statistics of its session cache
 * @param latency times from acceptance to answer in µs, of turns that completed in the last 60 s: an HdrHistogram,
 *     compressed, base64
 * @param latencySum sum of the times in {@code latency}
 * @param places load of the slots in which its turns run, or null if the processor has an older version, which does not
 *     report this load
 * @param agentTimes mean time of an agent's recent calls, by agent name; without agents that had few recent calls
 * @param stalled time for which the open turns have been at their maximum number or size, and no turn has ended; zero
 *     if the processor can read more turns
 * @param droppedTurns number of turns since the processor started that expired because Kafka had deleted their records;
 *     null if the processor has an older version, which does not report this number
 * @param usage usage of models since the processor started, by agent and provider
 * @param oldestWaiting time since the oldest turn that waits was published to the log; zero if no turn waits
 */
public record ProcessorStatistics(
        String processor,
        String management,
        Instant at,
        ProcessorState state,
        List<AgentDescription> agents,
        List<String> tools,
        int openTurns,
        int running,
        int waiting,
        int partitions,
        long lag,
        Duration oldestAge,
        long turnsLastMinute,
        long totalTurns,
        long failedTurns,
        CacheStatistics cache,
        String latency,
        Duration latencySum,
        @Nullable SlotStatistics places,
        Map<String, Duration> agentTimes,
        Duration stalled,
        @Nullable Long droppedTurns,
        List<AgentUsage> usage,
        Duration oldestWaiting) {

    /**
     * Value of {@link #stalled()} from which a processor counts as stalled. Smaller values are normal if turns take
     * long.
     */
    public static final Duration MAX_STALL = Duration.ofSeconds(60);

    public ProcessorStatistics {
        agentTimes = Map.copyOf(Objects.requireNonNullElse(agentTimes, Map.of())); // not reported by older versions
        state = Objects.requireNonNullElse(state, ProcessorState.RUNNING); // not reported by older versions
        agents = List.copyOf(agents);
        tools = List.copyOf(Objects.requireNonNullElse(tools, List.of())); // not reported by older versions
        usage = List.copyOf(Objects.requireNonNullElse(usage, List.of())); // not reported by older versions
        stalled = Objects.requireNonNullElse(stalled, Duration.ZERO); // not reported by older versions
        oldestWaiting = Objects.requireNonNullElse(oldestWaiting, Duration.ZERO); // not reported by older versions
    }

    /** Returns true if {@link #stalled} is at least {@link #MAX_STALL}. */
    public boolean hasStalled() {
        return stalled.compareTo(MAX_STALL) >= 0;
    }

    /**
     * Load of the slots in which turns run.
     *
     * @param most maximum number of turns that run at once
     * @param ready number of sessions whose next turn is ready and waits for a slot
     * @param runTime average time of the runs that ended in the last minute, or null if no run ended; a run is one
     *     execution of a turn in a slot
     */
    public record SlotStatistics(
            int most, int free, int ready, @Nullable Duration runTime) {}

    /**
     * Usage of models by an agent.
     *
     * @param provider provider of the models, or protocol of the agent; {@code other} if it is unknown
     */
    public record AgentUsage(String agent, String provider, Usage usage) {}

    /** Size of a bounded cache, and its hits and misses since the process started. */
    public record CacheStatistics(long size, long maxSize, long hits, long misses) {}
}

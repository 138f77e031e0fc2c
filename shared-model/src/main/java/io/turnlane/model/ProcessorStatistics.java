package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a processor says of itself each second, in Redis, for gateways to add up.
 *
 * @param processor its id
 * @param management address of its health and metrics, {@code http://host:port}
 * @param state whether it takes turns; a processor that doesn't say so does
 * @param agents what it can answer with
 * @param openTurns buffered, running and waiting for a retry together
 * @param running turns on a thread
 * @param waiting turns behind earlier ones of their session, or for a place to run
 * @param partitions how many partitions of the turns topic it owns
 * @param lag records of those partitions that it hasn't been given yet
 * @param oldestAge how long its oldest open turn has been open
 * @param turnsLastMinute terminal turns in the last 60 s
 * @param totalTurns terminal turns since it started
 * @param failedTurns how many of them failed
 * @param cache its cache of sessions
 * @param latency turns of the last 60 s, acceptance to answer, in µs: an HdrHistogram, compressed, base64
 * @param latencySum of the same turns
 * @param places how busy the places are that its turns run in; a processor of an older version doesn't say
 * @param agentTimes how long each of its agents takes for a turn, where it has seen enough of them lately
 */
public record ProcessorStatistics(
        String processor,
        String management,
        Instant at,
        ProcessorState state,
        List<AgentDescription> agents,
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
        Map<String, Duration> agentTimes) {

    public ProcessorStatistics {
        agentTimes = Map.copyOf(Objects.requireNonNullElse(agentTimes, Map.of())); // an older version says nothing
        state = Objects.requireNonNullElse(state, ProcessorState.RUNNING); // an older version says nothing
        agents = List.copyOf(agents);
    }

    /**
     * Places for turns to run in.
     *
     * @param most how many turns may run at once
     * @param free how many more could at the moment
     * @param ready sessions whose next turn could run and waits for a place
     * @param runTime for how long a turn took its place, on average over the last minute; null where none ended
     */
    public record SlotStatistics(
            int most, int free, int ready, @Nullable Duration runTime) {}

    /** A bounded cache's size and luck since its process started. */
    public record CacheStatistics(long size, long maxSize, long hits, long misses) {}
}

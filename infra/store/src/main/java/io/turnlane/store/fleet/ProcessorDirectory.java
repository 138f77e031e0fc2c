package io.turnlane.store.fleet;

import io.turnlane.model.ProcessorDetail;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.WireFormat;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ZSetOperations.TypedTuple;

/**
 * Directory of the processors that are alive. Each processor writes its statistics every second, and they expire after
 * 5 s. Methods throw a data access exception if Redis is unavailable.
 */
public record ProcessorDirectory(StringRedisTemplate redis, WireFormat wire) {

    private static final Duration STATISTICS_LIFE = Duration.ofSeconds(5);
    private static final Duration RECENT = Duration.ofMinutes(1);

    /**
     * Time for which an agent counts as offered after a heartbeat. A turn therefore does not fail if the only processor
     * with its agent restarts within this time.
     */
    private static final Duration AGENT_LIFE = Duration.ofMinutes(1);

    /**
     * Stores the statistics of a processor, which is alive at the time of the statistics, and the agents that it
     * offers.
     */
    public void heartbeat(ProcessorStatistics statistics) {
        stored().put(MemoryKeys.processor(statistics.processor()), statistics, STATISTICS_LIFE);
        redis.opsForZSet().add(MemoryKeys.processors(), statistics.processor(), (double)
                statistics.at().toEpochMilli());
        redis.opsForZSet().removeRangeByScore(MemoryKeys.processors(), 0, (double)
                statistics.at().minus(RECENT).toEpochMilli());
        statistics
                .agents()
                .forEach(agent -> redis.opsForValue().set(MemoryKeys.offeredAgent(agent.name()), "", AGENT_LIFE));
    }

    /**
     * Stores the detailed statistics of a processor. They have a key of their own, because gateways read the other
     * statistics more often.
     */
    public void describe(ProcessorDetail detail) {
        stored().put(MemoryKeys.processorDetail(detail.processor()), detail, STATISTICS_LIFE);
    }

    /** Removes a processor, so that gateways no longer count it. */
    public void remove(String processor) {
        redis.delete(MemoryKeys.processor(processor));
        redis.delete(MemoryKeys.processorDetail(processor));
        redis.opsForZSet().remove(MemoryKeys.processors(), processor);
    }

    /** Returns true if a processor has offered the agent within the last minute. */
    public boolean isOffered(String agent) {
        return Boolean.TRUE.equals(redis.hasKey(MemoryKeys.offeredAgent(agent)));
    }

    /** Returns the latest statistics of each live processor. */
    public List<ProcessorStatistics> alive() {
        return stored().read(MemoryKeys.processors(), MemoryKeys::processor, ProcessorStatistics.class);
    }

    /** Returns the latest detailed statistics of each live processor that writes them. */
    public List<ProcessorDetail> details() {
        return stored().read(MemoryKeys.processors(), MemoryKeys::processorDetail, ProcessorDetail.class);
    }

    /**
     * Returns the times of the latest heartbeats of the processors that have not been removed, by their ids. Contains
     * processors that have stopped without a removal, for about a minute or until another processor is alive.
     */
    public Map<String, Instant> lastHeartbeats() {
        Map<String, Instant> heartbeats = new TreeMap<>();
        Set<TypedTuple<String>> all = redis.opsForZSet().rangeWithScores(MemoryKeys.processors(), 0, -1);
        for (TypedTuple<String> one : all == null ? Set.<TypedTuple<String>>of() : all) {
            if (one.getValue() != null && one.getScore() != null) {
                heartbeats.put(
                        one.getValue(), Instant.ofEpochMilli(one.getScore().longValue()));
            }
        }
        return heartbeats;
    }

    /** Requests that a processor drains. The processor begins with its next heartbeat, within about a second. */
    public void requestEvacuation(String processor) {
        redis.opsForValue().set(MemoryKeys.evacuation(processor), "", RECENT);
    }

    /** Returns true once after {@link #requestEvacuation} was called for this processor. */
    public boolean takeEvacuationRequest(String processor) {
        return Boolean.TRUE.equals(redis.delete(MemoryKeys.evacuation(processor)));
    }

    private StoredStatistics stored() {
        return new StoredStatistics(redis, wire);
    }
}

package io.turnlane.store.fleet;

import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Directory of the processors that are alive. Each processor writes its statistics every second, and they expire after
 * 5 s. Methods throw a data access exception if Redis is unavailable.
 */
public record ProcessorDirectory(StringRedisTemplate redis, WireFormat wire) {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessorDirectory.class);

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
        String json = new String(wire.writeValue(statistics), StandardCharsets.UTF_8);
        redis.opsForValue().set(MemoryKeys.processor(statistics.processor()), json, STATISTICS_LIFE);
        redis.opsForZSet().add(MemoryKeys.processors(), statistics.processor(), (double)
                statistics.at().toEpochMilli());
        redis.opsForZSet().removeRangeByScore(MemoryKeys.processors(), 0, (double)
                statistics.at().minus(RECENT).toEpochMilli());
        statistics
                .agents()
                .forEach(agent -> redis.opsForValue().set(MemoryKeys.offeredAgent(agent.name()), "", AGENT_LIFE));
    }

    /** Removes a processor, so that gateways no longer count it. */
    public void remove(String processor) {
        redis.delete(MemoryKeys.processor(processor));
        redis.opsForZSet().remove(MemoryKeys.processors(), processor);
    }

    /** Returns true if a processor has offered the agent within the last minute. */
    public boolean isOffered(String agent) {
        return Boolean.TRUE.equals(redis.hasKey(MemoryKeys.offeredAgent(agent)));
    }

    /** Returns the latest statistics of each live processor. */
    public List<ProcessorStatistics> alive() {
        Set<String> ids = redis.opsForZSet().range(MemoryKeys.processors(), 0, -1);
        List<ProcessorStatistics> alive = new ArrayList<>();
        for (String id : ids == null ? Set.<String>of() : ids) {
            // Each processor needs a GET of its own, because on a Redis Cluster the keys are in different slots.
            String statistics = redis.opsForValue().get(MemoryKeys.processor(id));
            if (statistics != null) {
                read(statistics.getBytes(StandardCharsets.UTF_8), alive);
            }
        }
        return List.copyOf(alive);
    }

    private void read(byte[] statistics, List<ProcessorStatistics> into) {
        try {
            into.add(wire.read(statistics, ProcessorStatistics.class));
        } catch (UnreadableRecordException e) {
            LOG.atWarn().addKeyValue("why", e.getMessage()).log("unreadable statistics of a processor ignored");
        }
    }
}

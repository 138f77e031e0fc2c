package io.turnlane.store.fleet;

import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.RedisTemplate;

/**
 * Directory of the processors that are alive. Each processor writes its statistics every second, and they expire after
 * 5 s.
 */
public final class ProcessorDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessorDirectory.class);

    private final RedisTemplate<String, byte[]> redis;
    private final WireFormat wire;

    public ProcessorDirectory(RedisTemplate<String, byte[]> redis, WireFormat wire) {
        this.redis = redis;
        this.wire = wire;
    }

    /** Returns the latest statistics of each live processor. Throws a data access exception if Redis is unavailable. */
    public List<ProcessorStatistics> alive() {
        Set<byte[]> ids = redis.opsForZSet().range(MemoryKeys.processors(), 0, -1);
        List<ProcessorStatistics> alive = new ArrayList<>();
        for (byte[] id : ids == null ? Set.<byte[]>of() : ids) {
            // One GET for each processor, because on a Redis Cluster their keys are in different slots.
            byte[] statistics = redis.opsForValue().get(MemoryKeys.processor(new String(id, StandardCharsets.UTF_8)));
            if (statistics != null) {
                read(statistics, alive);
            }
        }
        return List.copyOf(alive);
    }

    private void read(byte[] statistics, List<ProcessorStatistics> into) {
        try {
            into.add(wire.read(statistics, ProcessorStatistics.class));
        } catch (UnreadableRecordException e) {
            LOG.atWarn()
                    .setMessage("unreadable statistics of a processor ignored")
                    .addKeyValue("why", e.getMessage())
                    .log();
        }
    }
}

package io.turnlane.store.fleet;

import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Statistics of processes as JSON, each under a key that expires soon after its process has ended. */
record StoredStatistics(StringRedisTemplate redis, WireFormat wire) {

    private static final Logger LOG = LoggerFactory.getLogger(StoredStatistics.class);

    void put(String key, Object statistics, Duration life) {
        redis.opsForValue().set(key, new String(wire.writeValue(statistics), StandardCharsets.UTF_8), life);
    }

    /**
     * Returns the statistics of all processes in a directory. Leaves out those that have expired or cannot be read.
     *
     * @param directory key of the sorted set of the ids of the processes
     * @param keyOf returns the key of the statistics for an id
     */
    <T> List<T> read(String directory, UnaryOperator<String> keyOf, Class<T> type) {
        Set<String> ids = redis.opsForZSet().range(directory, 0, -1);
        List<T> found = new ArrayList<>();
        for (String id : ids == null ? Set.<String>of() : ids) {
            // Each process needs a GET of its own, because on a Redis Cluster the keys are in different slots.
            String statistics = redis.opsForValue().get(keyOf.apply(id));
            if (statistics != null) {
                read(statistics.getBytes(StandardCharsets.UTF_8), type, found);
            }
        }
        return List.copyOf(found);
    }

    private <T> void read(byte[] statistics, Class<T> type, List<T> into) {
        try {
            into.add(wire.read(statistics, type));
        } catch (UnreadableRecordException e) {
            LOG.atWarn()
                    .addKeyValue("type", type.getSimpleName())
                    .addKeyValue("why", e.getMessage())
                    .log("unreadable statistics of a process ignored");
        }
    }
}

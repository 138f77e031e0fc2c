package io.turnlane.store.fleet;

import io.turnlane.model.GatewayStatistics;
import io.turnlane.model.WireFormat;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Gateways that are alive, and their statistics. A gateway that has stopped is counted for another three seconds.
 * Methods throw a data access exception if Redis is unavailable.
 */
public final class GatewayDirectory {

    private static final Duration HEARTBEAT_LIFE = Duration.ofSeconds(3);
    private static final Duration STATISTICS_LIFE = Duration.ofSeconds(5);

    private final String id = "g-" + UUID.randomUUID().toString().substring(0, 8);
    private final StringRedisTemplate redis;
    private final StoredStatistics statistics;
    private final InstantSource clock;

    public GatewayDirectory(StringRedisTemplate redis, WireFormat wire, InstantSource clock) {
        this.redis = redis;
        this.statistics = new StoredStatistics(redis, wire);
        this.clock = clock;
    }

    /** Returns the id of this gateway, which is new in each process. */
    public String id() {
        return id;
    }

    /**
     * Writes a heartbeat of this gateway and returns the number of gateways with a recent heartbeat. Must be called at
     * least once a second.
     */
    public int heartbeatAndCount() {
        double now = clock.millis();
        redis.opsForZSet().add(MemoryKeys.gateways(), id, now);
        redis.opsForZSet().removeRangeByScore(MemoryKeys.gateways(), 0, now - HEARTBEAT_LIFE.toMillis());
        return Objects.requireNonNullElse(redis.opsForZSet().zCard(MemoryKeys.gateways()), 1L)
                .intValue();
    }

    /** Stores the statistics of this gateway. */
    public void announce(GatewayStatistics current) {
        statistics.put(MemoryKeys.gateway(id), current, STATISTICS_LIFE);
    }

    /** Returns the latest statistics of each live gateway. */
    public List<GatewayStatistics> alive() {
        return statistics.read(MemoryKeys.gateways(), MemoryKeys::gateway, GatewayStatistics.class);
    }
}

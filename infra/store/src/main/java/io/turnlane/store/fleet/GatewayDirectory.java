package io.turnlane.store.fleet;

import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Number of gateways that are alive. A gateway that has stopped is counted for another three seconds. */
public final class GatewayDirectory {

    private static final Duration HEARTBEAT_LIFE = Duration.ofSeconds(3);

    private final String id = UUID.randomUUID().toString();
    private final StringRedisTemplate redis;
    private final InstantSource clock;

    public GatewayDirectory(StringRedisTemplate redis, InstantSource clock) {
        this.redis = redis;
        this.clock = clock;
    }

    /**
     * Writes a heartbeat of this gateway and returns the number of gateways with a recent heartbeat. Must be called at
     * least once a second. Throws a data access exception if Redis is unavailable.
     */
    public int heartbeatAndCount() {
        double now = clock.millis();
        redis.opsForZSet().add(MemoryKeys.gateways(), id, now);
        redis.opsForZSet().removeRangeByScore(MemoryKeys.gateways(), 0, now - HEARTBEAT_LIFE.toMillis());
        return Objects.requireNonNullElse(redis.opsForZSet().zCard(MemoryKeys.gateways()), 1L)
                .intValue();
    }
}

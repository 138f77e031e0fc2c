package io.turnlane.gateway.fleet;

import io.turnlane.model.MemoryKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * How many gateways there are; one that left is counted for three seconds more. Throws a data access exception where
 * Redis is away.
 */
public final class RedisGatewayDirectory {

    private static final Duration REMEMBERED = Duration.ofSeconds(3);

    private final String id = UUID.randomUUID().toString();
    private final StringRedisTemplate redis;
    private final InstantSource clock;

    public RedisGatewayDirectory(StringRedisTemplate redis, InstantSource clock) {
        this.redis = redis;
        this.clock = clock;
    }

    /** Says that this one lives, and counts those that said so lately. To be called at least once a second. */
    public int heartbeatAndCount() {
        double now = clock.millis();
        redis.opsForZSet().add(MemoryKeys.gateways(), id, now);
        redis.opsForZSet().removeRangeByScore(MemoryKeys.gateways(), 0, now - REMEMBERED.toMillis());
        return Objects.requireNonNullElse(redis.opsForZSet().zCard(MemoryKeys.gateways()), 1L)
                .intValue();
    }
}

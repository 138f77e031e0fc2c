package io.turnlane.store.fleet;

import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.Instant;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Claims with which the gateways agree that one of them changes a route. */
public record WayBackClaims(StringRedisTemplate redis) {

    /** Time after which another gateway may change the route, because the first one has possibly crashed. */
    private static final Duration LIFE = Duration.ofSeconds(10);

    /**
     * Returns true if this gateway may change the route. Throws a data access exception if Redis is unavailable.
     *
     * @param changedAt time of the last change of the route
     */
    public boolean claim(String route, Instant changedAt) {
        return Boolean.TRUE.equals(
                redis.opsForValue().setIfAbsent(MemoryKeys.wayBack(route, changedAt.toEpochMilli()), "", LIFE));
    }
}

package io.turnlane.gateway.limits;

import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ZSetOperations.TypedTuple;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Reservations of connections against the limit of their user, shared by all gateways. A reservation is a lease: it
 * expires unless the gateway renews it, so the reservations of a dead gateway expire. Methods throw a data access
 * exception if Redis is unavailable.
 */
public final class RedisConnectionReservations {

    /** Duration of a lease. The gateway renews a lease several times in this period. */
    static final Duration LEASE = Duration.ofSeconds(30);

    private static final RedisScript<Long> RESERVE =
            RedisScript.of(new ClassPathResource("reserve.lua", RedisConnectionReservations.class), Long.class);

    private final StringRedisTemplate redis;
    private final InstantSource clock;

    public RedisConnectionReservations(StringRedisTemplate redis, InstantSource clock) {
        this.redis = redis;
        this.clock = clock;
    }

    /** Reserves a connection. Returns false if the user has {@code limit} connections. */
    boolean reserve(String namespace, String connection, int limit) {
        long now = clock.millis();
        Long reserved = redis.execute(
                RESERVE,
                List.of(MemoryKeys.connectionsOfUser(namespace)),
                connection,
                Long.toString(now + LEASE.toMillis()),
                Integer.toString(limit),
                Long.toString(now),
                Long.toString(2 * LEASE.toMillis()));
        return Objects.requireNonNull(reserved) == 1;
    }

    /**
     * Renews the leases of these connections. Creates missing leases, because connections opened while Redis was
     * unavailable have none.
     */
    void renew(String namespace, Collection<String> connections) {
        double until = clock.millis() + LEASE.toMillis();
        Set<TypedTuple<String>> all = connections.stream()
                .map(connection -> TypedTuple.of(connection, until))
                .collect(Collectors.toSet());
        String key = MemoryKeys.connectionsOfUser(namespace);
        redis.opsForZSet().add(key, all);
        redis.expire(key, LEASE.multipliedBy(2));
    }

    void release(String namespace, String connection) {
        redis.opsForZSet().remove(MemoryKeys.connectionsOfUser(namespace), connection);
    }
}

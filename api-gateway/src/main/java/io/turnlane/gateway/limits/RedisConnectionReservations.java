package io.turnlane.gateway.limits;

import io.turnlane.model.MemoryKeys;
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
 * Places for connections that all gateways share: leases, so that those of a gateway that died are free again soon.
 * Throws a data access exception where Redis is away.
 */
public final class RedisConnectionReservations {

    /** Renewed several times within it. */
    static final Duration LEASE = Duration.ofSeconds(30);

    private static final RedisScript<Long> TAKE =
            RedisScript.of(new ClassPathResource("take_place.lua", RedisConnectionReservations.class), Long.class);

    private final StringRedisTemplate redis;
    private final InstantSource clock;

    public RedisConnectionReservations(StringRedisTemplate redis, InstantSource clock) {
        this.redis = redis;
        this.clock = clock;
    }

    /** Whether there was a place. */
    boolean reserve(String namespace, String connection, int most) {
        long now = clock.millis();
        Long taken = redis.execute(
                TAKE,
                List.of(MemoryKeys.connectionsOfUser(namespace)),
                connection,
                Long.toString(now + LEASE.toMillis()),
                Integer.toString(most),
                Long.toString(now),
                Long.toString(2 * LEASE.toMillis()));
        return Objects.requireNonNull(taken) == 1;
    }

    /** These live on; they get a place where they have none, for they were let in while Redis was away. */
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

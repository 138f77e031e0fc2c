package io.turnlane.store.limit;

import io.turnlane.store.MemoryKeys;
import io.turnlane.store.RedisScripts;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ZSetOperations.TypedTuple;

/**
 * Reservations of connections against the limit of their user, shared by all gateways. A reservation is a lease: it
 * expires unless the gateway renews it, so the reservations of a dead gateway expire. Methods throw a data access
 * exception if Redis is unavailable.
 */
public final class RedisConnectionReservations {

    /** Duration of a lease. The gateway renews a lease several times in this period. */
    public static final Duration LEASE = Duration.ofSeconds(30);

    private static final Script RESERVE = Script.load(RedisConnectionReservations.class, "reserve");

    private final StringRedisTemplate redis;
    private final RedisScripts scripts;
    private final InstantSource clock;

    public RedisConnectionReservations(StringRedisTemplate redis, InstantSource clock) {
        this.redis = redis;
        this.scripts = new RedisScripts(redis);
        this.clock = clock;
    }

    /** Reserves a connection. Returns false if the user has {@code limit} connections. */
    public boolean reserve(String namespace, String connection, int limit) {
        long now = clock.millis();
        Reply reply = scripts.run(
                RESERVE,
                List.of(MemoryKeys.connectionsOfUser(namespace)),
                connection,
                now + LEASE.toMillis(),
                limit,
                now,
                2 * LEASE.toMillis());
        return reply.word().equals("reserved");
    }

    /**
     * Renews the leases of these connections. Creates missing leases, because connections opened while Redis was
     * unavailable have none.
     */
    public void renew(String namespace, Collection<String> connections) {
        double until = clock.millis() + LEASE.toMillis();
        Set<TypedTuple<String>> all = connections.stream()
                .map(connection -> TypedTuple.of(connection, until))
                .collect(Collectors.toSet());
        String key = MemoryKeys.connectionsOfUser(namespace);
        redis.opsForZSet().add(key, all);
        redis.expire(key, LEASE.multipliedBy(2));
    }

    public void release(String namespace, String connection) {
        redis.opsForZSet().remove(MemoryKeys.connectionsOfUser(namespace), connection);
    }
}

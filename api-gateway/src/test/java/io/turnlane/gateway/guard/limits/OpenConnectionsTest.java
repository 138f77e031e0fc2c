package io.turnlane.gateway.guard.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.limits.OpenConnections.TrackedConnection;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.limit.RedisConnectionReservations;
import java.net.URI;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ZSetOperations;

class OpenConnectionsTest {

    /** Runs an action once, right before the next command on a sorted set. */
    private static final class HookedTemplate extends StringRedisTemplate {

        private final AtomicReference<Runnable> before = new AtomicReference<>();

        HookedTemplate(LettuceConnectionFactory redis) {
            super(redis);
        }

        @Override
        public ZSetOperations<String, String> opsForZSet() {
            Runnable first = before.getAndSet(null);
            if (first != null) {
                first.run();
            }
            return super.opsForZSet();
        }
    }

    /** Otherwise the user would have one connection less until the lease expires. */
    @Test
    void releasesAReservationThatIsRenewedMeanwhile() {
        URI uri = URI.create(TestBackends.shared().redisUrl());
        RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration(uri.getHost(), uri.getPort());
        configuration.setPassword(uri.getUserInfo().substring(1));
        LettuceConnectionFactory factory = new LettuceConnectionFactory(configuration);
        factory.afterPropertiesSet();
        factory.start();
        HookedTemplate redis = new HookedTemplate(factory);
        RedisConnectionReservations reservations = new RedisConnectionReservations(redis, InstantSource.system());
        UserLimits rules = new UserLimits(0, 0, 0, 10, false);
        try (OpenConnections connections =
                new OpenConnections(_ -> true, rules, reservations, new SimpleMeterRegistry())) {
            Caller caller = new Caller("u-" + UUID.randomUUID());
            TrackedConnection kept = connections.open(caller, () -> {});
            TrackedConnection closed = connections.open(caller, () -> {});
            redis.before.set(closed::close);
            connections.renew();
            assertThat(redis.opsForZSet().zCard(MemoryKeys.connectionsOfUser(caller.namespace())))
                    .isEqualTo(1);
            kept.close();
        } finally {
            factory.destroy();
        }
    }
}

package io.turnlane.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.limits.OpenConnections.TrackedConnection;
import io.turnlane.model.MemoryKeys;
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

    /** Runs something once, right before the next command on a sorted set. */
    private static final class Interrupted extends StringRedisTemplate {

        private final AtomicReference<Runnable> before = new AtomicReference<>();

        Interrupted(LettuceConnectionFactory redis) {
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

    /** Else its user would have one place less for as long as the lease runs. */
    @Test
    void aPlaceThatIsGivenBackWhileItIsRenewedIsFree() {
        URI uri = URI.create(TestBackends.shared().redisUrl());
        RedisStandaloneConfiguration where = new RedisStandaloneConfiguration(uri.getHost(), uri.getPort());
        where.setPassword(uri.getUserInfo().substring(1));
        LettuceConnectionFactory factory = new LettuceConnectionFactory(where);
        factory.afterPropertiesSet();
        factory.start();
        Interrupted redis = new Interrupted(factory);
        RedisConnectionReservations places = new RedisConnectionReservations(redis, InstantSource.system());
        UserLimits rules = new UserLimits(0, 0, 0, 10, false);
        try (OpenConnections connections = new OpenConnections(_ -> true, rules, places, new SimpleMeterRegistry())) {
            Caller caller = new Caller("u-" + UUID.randomUUID());
            TrackedConnection stays = connections.open(caller, () -> {});
            TrackedConnection goes = connections.open(caller, () -> {});
            redis.before.set(goes::close);
            connections.renew();
            assertThat(redis.opsForZSet().zCard(MemoryKeys.connectionsOfUser(caller.namespace())))
                    .isEqualTo(1);
            stays.close();
        } finally {
            factory.destroy();
        }
    }
}

package io.turnlane.gateway.system.health;

import io.turnlane.gateway.guard.breaker.RedisBreaker;
import io.turnlane.gateway.guard.breaker.RedisWatch;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/**
 * Health of Redis. If Redis is unavailable, the gateway still accepts questions and serves open streams. The health is
 * then degraded and not down, and the gateway stays ready. It is also degraded if Redis accepts no writes or may evict
 * keys.
 *
 * <p>Replaces Spring's health indicator of the same name, which would report the gateway as down if Redis is
 * unavailable, and would block if Redis does not reply.
 */
@Component("redisHealthIndicator")
record MemoryHealth(RedisBreaker breaker, RedisWatch watch) implements HealthIndicator {

    static final Status DEGRADED = new Status("DEGRADED", "Redis can't be used, or may lose data");

    private static final Duration TIMEOUT = Duration.ofMillis(300);

    @Override
    public Health health() {
        boolean usable = acceptsWrites();
        Optional<String> problem = usable ? watch.warning() : watch.problem();
        Health.Builder health = Health.status(usable && problem.isEmpty() ? Status.UP : DEGRADED)
                .withDetail("asked", !breaker.isOpen());
        problem.ifPresent(text -> health.withDetail("problem", text));
        return health.build();
    }

    private boolean acceptsWrites() {
        if (breaker.isOpen()) {
            return false;
        }
        return TimedCheck.run(
                "redis-check",
                TIMEOUT,
                () -> {
                    breaker.write();
                    return true;
                },
                false);
    }
}

package io.turnlane.gateway.system;

import io.turnlane.gateway.breaker.RedisBreaker;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of Redis. Without Redis, the gateway still accepts questions and serves open streams. Its health is therefore
 * reported as degraded and not as down, and it stays ready.
 */
final class MemoryHealth implements HealthIndicator {

    static final Status DEGRADED = new Status("DEGRADED", "Redis is unavailable");

    private static final Duration TIMEOUT = Duration.ofMillis(300);

    private final RedisBreaker breaker;

    MemoryHealth(RedisBreaker breaker) {
        this.breaker = breaker;
    }

    @Override
    public Health health() {
        return Health.status(answers() ? Status.UP : DEGRADED)
                .withDetail("asked", !breaker.isOpen())
                .build();
    }

    private boolean answers() {
        if (breaker.isOpen()) {
            return false;
        }
        return TimedCheck.run(
                "redis-check",
                TIMEOUT,
                () -> {
                    breaker.check();
                    return true;
                },
                false);
    }
}

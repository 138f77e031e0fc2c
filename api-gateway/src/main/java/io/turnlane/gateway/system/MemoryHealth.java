package io.turnlane.gateway.system;

import io.turnlane.gateway.breaker.RedisBreaker;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Whether memory is there. Without it a gateway takes questions and serves open streams, so it is degraded, not down,
 * and stays ready. The answer comes soon whatever Redis does: probes of a cluster give up after a second.
 */
final class MemoryHealth implements HealthIndicator {

    static final Status DEGRADED = new Status("DEGRADED", "memory is away");

    private static final Duration PATIENCE = Duration.ofMillis(300);

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
        FutureTask<Boolean> check = new FutureTask<>(breaker::check, true);
        Thread.ofVirtual().name("redis-check").start(check);
        try {
            return check.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException away) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

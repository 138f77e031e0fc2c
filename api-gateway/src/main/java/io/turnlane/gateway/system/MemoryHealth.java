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
 * Health of Redis. Without Redis the gateway still accepts questions and serves open streams. It is therefore degraded,
 * not down, and stays ready. The check returns within 300 ms whatever Redis does, because probes of a cluster time out
 * after a second.
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
        FutureTask<Boolean> check = new FutureTask<>(breaker::check, true);
        Thread.ofVirtual().name("redis-check").start(check);
        try {
            return check.get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException away) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

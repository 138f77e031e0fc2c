package io.turnlane.gateway.system;

import io.turnlane.gateway.breaker.RedisBreaker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
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
        CompletableFuture<Void> check = CompletableFuture.runAsync(breaker::check, Thread.ofVirtual()::start);
        try {
            return check.thenApply(_ -> true)
                    .completeOnTimeout(false, PATIENCE.toNanos(), TimeUnit.NANOSECONDS)
                    .join();
        } catch (CompletionException away) {
            return false;
        }
    }
}

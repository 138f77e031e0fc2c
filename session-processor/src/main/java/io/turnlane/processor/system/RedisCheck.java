package io.turnlane.processor.system;

import io.turnlane.model.redis.RedisMonitor;
import io.turnlane.model.redis.SharedClock;
import io.turnlane.store.MonitoredRedis;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Checks Redis each second and sets the shared clock. If Redis accepts no writes and a new connection can help,
 * replaces the connection. Reports the processor as degraded, but not as down, if Redis can't be used, because turns
 * wait until it can be used again. Also reports the processor as degraded if the settings of Redis allow it to evict
 * keys. Replaces Spring's health indicator of the same name, which only sends a PING and reports the processor as down
 * if Redis does not answer.
 */
@Component("redisHealthIndicator")
final class RedisCheck implements HealthIndicator {

    private static final Logger log = LoggerFactory.getLogger(RedisCheck.class);
    private static final Status DEGRADED = new Status("DEGRADED", "Redis can't be used, or may lose data");

    private final RedisMonitor monitor;

    /** Creates the check and runs it once, so that the clock is set before it is used. */
    RedisCheck(LettuceConnectionFactory connections, SharedClock clock) {
        this.monitor = new RedisMonitor(new MonitoredRedis(connections), clock, RedisCheck::report);
        monitor.check();
    }

    @Scheduled(fixedDelay = 1000)
    void check() {
        monitor.check();
    }

    private static void report(String problem) {
        if (problem.isEmpty()) {
            log.info("Redis can be used again");
        } else {
            log.warn(problem);
        }
    }

    boolean usable() {
        return monitor.problem().isEmpty();
    }

    @Override
    public Health health() {
        Optional<String> problem = monitor.problem();
        Health.Builder health = Health.status(problem.isEmpty() ? Status.UP : DEGRADED);
        problem.ifPresent(text -> health.withDetail("problem", text));
        return health.build();
    }
}

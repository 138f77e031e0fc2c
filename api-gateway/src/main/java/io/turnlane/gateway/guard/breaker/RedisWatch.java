package io.turnlane.gateway.guard.breaker;

import io.turnlane.model.redis.RedisMonitor;
import io.turnlane.model.redis.SharedClock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/**
 * Checks Redis each second on its own thread. Each check sets the shared clock to the time of Redis. If Redis does not
 * accept writes, the check replaces the connection.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RedisWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RedisWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final RedisMonitor monitor;
    private final SimpleAsyncTaskScheduler timer = new SimpleAsyncTaskScheduler();

    private RedisWatch(RedisMonitor monitor) {
        this.monitor = monitor;
    }

    /** Starts the checks. When this method returns, the first check is complete. */
    public static RedisWatch start(RedisBreaker breaker, SharedClock clock) {
        RedisWatch watch = new RedisWatch(new RedisMonitor(breaker, clock, RedisWatch::report));
        watch.monitor.check();
        watch.timer.setThreadFactory(Thread.ofVirtual().name("redis-watch").factory());
        var _ = watch.timer.scheduleWithFixedDelay(watch.monitor::check, INTERVAL);
        return watch;
    }

    private static void report(String problem) {
        if (problem.isEmpty()) {
            LOG.info("Redis can be used again");
        } else {
            LOG.warn(problem);
        }
    }

    /** Returns the problem that the last check found; empty if Redis can be used. */
    public Optional<String> problem() {
        return monitor.problem();
    }

    /** Returns a warning if Redis can be used but can evict keys or is nearly full; otherwise empty. */
    public Optional<String> warning() {
        return monitor.warning();
    }

    @Override
    public void close() {
        timer.close();
    }
}

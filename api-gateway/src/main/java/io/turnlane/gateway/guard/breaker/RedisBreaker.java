package io.turnlane.gateway.guard.breaker;

import io.lettuce.core.RedisCommandTimeoutException;
import io.turnlane.gateway.problem.BreakerOpenException;
import io.turnlane.model.redis.RedisMonitor;
import io.turnlane.store.MonitoredRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * Circuit breaker for Redis, and templates that send all their commands through the breaker. A command timeout and a
 * failed connection count as failures. An error reply of Redis counts as an answer.
 *
 * <p>Probes write a value, because the gateway cannot use a Redis that answers but accepts no writes. If a probe fails,
 * the connection is reset, so that the next probe opens a new one. Commands that are still pending on the old
 * connection then fail.
 */
public final class RedisBreaker implements RedisMonitor.RedisAccess {

    private final LettuceConnectionFactory connections;
    private final MonitoredRedis redis;
    private final Breaker breaker;

    /** Failure of the latest probe; null before the first one has failed. */
    private volatile @Nullable RuntimeException probeFailure;

    /**
     * Creates a closed breaker.
     *
     * @param maxFailures number of consecutive commands without an answer after which no more commands are sent
     * @param pause delay between two probes
     */
    public RedisBreaker(LettuceConnectionFactory connections, int maxFailures, Duration pause) {
        this.connections = connections;
        this.redis = new MonitoredRedis(connections);
        this.breaker = new Breaker(
                maxFailures,
                RedisBreaker::isUnanswered,
                this::probe,
                CompletableFuture.delayedExecutor(
                        pause.toNanos(),
                        TimeUnit.NANOSECONDS,
                        probe -> Thread.ofVirtual().name("redis-probe").start(probe)));
    }

    private static boolean isUnanswered(RuntimeException thrown) {
        return thrown instanceof QueryTimeoutException
                || thrown instanceof RedisConnectionFailureException
                || NestedExceptionUtils.getMostSpecificCause(thrown) instanceof RedisCommandTimeoutException;
    }

    private void probe() {
        try {
            redis.write();
        } catch (RuntimeException e) {
            probeFailure = e;
            redis.reconnect();
            throw e;
        }
    }

    /** Returns true if the breaker currently rejects all commands. */
    public boolean isOpen() {
        return breaker.isOpen();
    }

    /**
     * Writes a value and returns the time of Redis. Throws a data access exception if Redis does not answer or does not
     * accept the write, or if the breaker is open. In this case, the failure of the latest probe is the cause.
     */
    @Override
    public Instant write() {
        try {
            return breaker.call(redis::write);
        } catch (BreakerOpenException e) {
            if (probeFailure != null) {
                e.initCause(probeFailure);
            }
            throw e;
        }
    }

    @Override
    public Properties memoryInfo() {
        return breaker.call(redis::memoryInfo);
    }

    @Override
    public Set<String> missingRights() {
        return breaker.call(redis::missingRights);
    }

    @Override
    public void reconnect() {
        redis.reconnect();
    }

    /** Stops probing. */
    public void close() {
        breaker.close();
    }

    /** Returns a template for strings whose commands all pass through this breaker. */
    public StringRedisTemplate stringTemplate() {
        return new GuardedStringTemplate(connections, breaker);
    }

    /** Returns a template for bytes whose commands all pass through this breaker. */
    public RedisTemplate<String, byte[]> bytesTemplate() {
        return new GuardedBytesTemplate(connections, breaker);
    }

    /**
     * Template for strings. Overriding {@code execute} is sufficient, because every operation of a template calls it.
     */
    private static final class GuardedStringTemplate extends StringRedisTemplate {

        private final Breaker breaker;

        GuardedStringTemplate(LettuceConnectionFactory connections, Breaker breaker) {
            super(connections);
            this.breaker = breaker;
        }

        @Override
        public <T extends @Nullable Object> T execute(RedisCallback<T> action, boolean exposed, boolean pipelined) {
            Supplier<T> call = () -> super.execute(action, exposed, pipelined);
            return breaker.call(call);
        }
    }

    private static final class GuardedBytesTemplate extends RedisTemplate<String, byte[]> {

        private final Breaker breaker;

        GuardedBytesTemplate(LettuceConnectionFactory connections, Breaker breaker) {
            this.breaker = breaker;
            setConnectionFactory(connections);
            setKeySerializer(RedisSerializer.string());
            setHashKeySerializer(RedisSerializer.string());
            setValueSerializer(RedisSerializer.byteArray());
            setHashValueSerializer(RedisSerializer.byteArray());
        }

        @Override
        public <T extends @Nullable Object> T execute(RedisCallback<T> action, boolean exposed, boolean pipelined) {
            Supplier<T> call = () -> super.execute(action, exposed, pipelined);
            return breaker.call(call);
        }
    }
}

package io.turnlane.gateway.breaker;

import io.lettuce.core.RedisCommandTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * Circuit breaker for Redis, and templates that send all their commands through the breaker. A command timeout and a
 * failed connection count as failures. An error reply of Redis counts as an answer.
 *
 * <p>If a probe gets no answer, the connection is reset, so that the next probe opens a new one. The reset is necessary
 * if the other end vanished without closing the connection, because such a connection never answers again. No caller
 * needs the replies that are still pending on the connection.
 */
public final class RedisBreaker {

    private final LettuceConnectionFactory connections;
    private final Duration pause;
    private final Breaker breaker;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * Creates a closed breaker.
     *
     * @param connections connections to Redis
     * @param maxFailures number of consecutive commands without an answer after which no more commands are sent
     * @param pause delay between two probes
     */
    public RedisBreaker(LettuceConnectionFactory connections, int maxFailures, Duration pause) {
        this.connections = connections;
        this.pause = pause;
        this.breaker = new Breaker(
                maxFailures,
                RedisBreaker::isUnanswered,
                this::probe,
                probe -> Thread.ofVirtual().name("redis-probe").start(() -> afterPause(probe)));
    }

    private void afterPause(Runnable probe) {
        try {
            if (!closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                probe.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isUnanswered(RuntimeException thrown) {
        return thrown instanceof QueryTimeoutException
                || thrown instanceof RedisConnectionFailureException
                || NestedExceptionUtils.getMostSpecificCause(thrown) instanceof RedisCommandTimeoutException;
    }

    private void probe() {
        try {
            ping(connections);
        } catch (RuntimeException e) {
            connections.resetConnection();
            throw e;
        }
    }

    private static @Nullable String ping(LettuceConnectionFactory connections) {
        try (RedisConnection connection = connections.getConnection()) {
            return connection.ping();
        }
    }

    /** Returns true if no commands are currently sent to Redis. */
    public boolean isOpen() {
        return breaker.isOpen();
    }

    /** Sends a PING. Throws a data access exception if Redis does not answer or the breaker is open. */
    public void check() {
        breaker.call(() -> ping(connections));
    }

    /** Stops probing. */
    public void close() {
        breaker.close();
        closing.countDown();
    }

    /** Returns a template for strings that passes this breaker. */
    public StringRedisTemplate stringTemplate() {
        return new GuardedStringTemplate(connections, breaker);
    }

    /** Returns a template for bytes that passes this breaker. */
    public RedisTemplate<String, byte[]> bytesTemplate() {
        return new GuardedBytesTemplate(connections, breaker);
    }

    /** Template for strings. Every operation of a template passes {@code execute}. */
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

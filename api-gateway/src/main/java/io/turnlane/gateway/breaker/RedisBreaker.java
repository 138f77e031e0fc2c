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
 * The breaker before Redis, and templates whose every command goes through it. A command that times out and a
 * connection that can't be had are silence; an error that Redis answers is an answer.
 *
 * <p>A probe that gets no answer gives the connection up, so that the next one makes a new one: a connection whose
 * other end is gone without a word would never answer again, and what waits on it is of no use to anybody.
 */
public final class RedisBreaker {

    private final LettuceConnectionFactory connections;
    private final Duration pause;
    private final Breaker breaker;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * @param mostFailures commands in a row without an answer, after which Redis isn't asked
     * @param pause between two probes
     */
    public RedisBreaker(LettuceConnectionFactory connections, int mostFailures, Duration pause) {
        this.connections = connections;
        this.pause = pause;
        this.breaker = new Breaker(
                mostFailures,
                RedisBreaker::isSilence,
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

    private static boolean isSilence(RuntimeException thrown) {
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

    /** Whether Redis isn't asked at the moment. */
    public boolean isOpen() {
        return breaker.isOpen();
    }

    /** Asks Redis whether it is there; a data access exception says that it isn't. */
    public void check() {
        breaker.call(() -> ping(connections));
    }

    /** Stops probing. */
    public void close() {
        breaker.close();
        closing.countDown();
    }

    /** Texts through this breaker. */
    public StringRedisTemplate stringTemplate() {
        return new GuardedStringTemplate(connections, breaker);
    }

    /** Bytes through this breaker. */
    public RedisTemplate<String, byte[]> bytesTemplate() {
        return new GuardedBytesTemplate(connections, breaker);
    }

    /** All that a template does passes {@code execute}. */
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

package io.turnlane.store;

import io.turnlane.model.redis.RedisMonitor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Calls with which a {@link RedisMonitor} checks Redis. Each throws a data access exception if Redis does not answer.
 * Thread-safe.
 */
public record MonitoredRedis(LettuceConnectionFactory connections) implements RedisMonitor.RedisAccess {

    private static final byte[] WRITE = """
            redis.call('SET', KEYS[1], 1, 'EX', 60)
            local time = redis.call('TIME')
            return time[1] * 1000000 + time[2]
            """.getBytes(StandardCharsets.UTF_8);

    private static final byte[] KEY = MemoryKeys.probe().getBytes(StandardCharsets.UTF_8);

    @Override
    public Instant write() {
        try (RedisConnection connection = connections.getConnection()) {
            long micros = Objects.requireNonNull(
                    connection.scriptingCommands().<Long>eval(WRITE, ReturnType.INTEGER, 1, KEY));
            return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        }
    }

    @Override
    public Properties memoryInfo() {
        try (RedisConnection connection = connections.getConnection()) {
            return Objects.requireNonNull(connection.serverCommands().info("memory"));
        }
    }

    @Override
    public Set<String> missingRights() {
        try (RedisConnection connection = connections.getConnection()) {
            return RightsProbe.missing(connection, KEY);
        }
    }

    @Override
    public void reconnect() {
        connections.resetConnection();
    }
}

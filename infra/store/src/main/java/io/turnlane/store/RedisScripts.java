package io.turnlane.store;

import io.lettuce.core.AbstractRedisAsyncCommands;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.connection.lettuce.LettuceExceptionConverter;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Runs Lua scripts. A script is called by its hash. If Redis doesn't know the script yet, this class also sends its
 * text. All keys of a call share one hash tag, as a Redis Cluster requires. Thread-safe.
 */
public final class RedisScripts {

    private static final LettuceExceptionConverter FAILURES = new LettuceExceptionConverter();

    private final StringRedisTemplate redis;

    public RedisScripts(StringRedisTemplate redis) {
        this.redis = redis;
    }

    /**
     * Runs the script.
     *
     * @param arguments values for {@code ARGV}: byte arrays as they are, anything else as text
     * @throws DataAccessException if Redis fails, doesn't answer or rejects the script
     */
    public Reply run(Script script, List<String> keys, Object... arguments) {
        byte[][] all = new byte[keys.size() + arguments.length][];
        for (int i = 0; i < all.length; i++) {
            all[i] = bytesOf(i < keys.size() ? keys.get(i) : arguments[i - keys.size()]);
        }
        RedisCallback<List<?>> call = connection -> eval(connection, script, keys.size(), all);
        // Exposes the connection, because Spring would otherwise create a proxy for each call.
        return new Reply(Objects.requireNonNull(redis.execute(call, true)));
    }

    private static List<?> eval(RedisConnection connection, Script script, int keys, byte[][] all) {
        try {
            return Objects.requireNonNull(evalSha(connection, script, keys, all));
        } catch (DataAccessException e) {
            if (e.getMostSpecificCause() instanceof RedisNoScriptException) {
                return Objects.requireNonNull(connection
                        .scriptingCommands()
                        .<List<?>>eval(bytesOf(script.text()), ReturnType.MULTI, keys, all));
            }
            throw e;
        }
    }

    /**
     * Runs a script by its hash. If the client ends each command after a timeout, waits for the reply without a timeout
     * of its own. A virtual thread that waits with a timeout would wake the timer thread of the JDK for each call.
     */
    private static @Nullable List<?> evalSha(RedisConnection connection, Script script, int keys, byte[][] all) {
        if (!(connection.getNativeConnection() instanceof AbstractRedisAsyncCommands<?, ?> commands)
                || !commands.getConnection().getOptions().getTimeoutOptions().isTimeoutCommands()) {
            return connection.scriptingCommands().evalSha(script.sha1(), ReturnType.MULTI, keys, all);
        }
        @SuppressWarnings("unchecked") // Spring's connections have keys and values of bytes
        var lettuce = (AbstractRedisAsyncCommands<byte[], byte[]>) commands;
        try {
            RedisFuture<List<?>> reply = lettuce.evalsha(
                    script.sha1(),
                    ScriptOutputType.MULTI,
                    Arrays.copyOf(all, keys),
                    Arrays.copyOfRange(all, keys, all.length));
            return LettuceFutures.awaitOrCancel(reply, 0, TimeUnit.NANOSECONDS);
        } catch (RuntimeException e) {
            throw Objects.requireNonNullElse(FAILURES.convert(e), e);
        }
    }

    private static byte[] bytesOf(Object value) {
        return value instanceof byte[] bytes ? bytes : value.toString().getBytes(StandardCharsets.UTF_8);
    }
}

package io.turnlane.store;

import io.lettuce.core.RedisNoScriptException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisScriptingCommands;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Runs Lua scripts. A script is called by its hash. If Redis doesn't know the script yet, this class also sends its
 * text. All keys of a call share one hash tag, as a Redis Cluster requires. Thread-safe.
 */
public final class RedisScripts {

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
        RedisCallback<List<?>> call = connection -> eval(connection.scriptingCommands(), script, keys.size(), all);
        return new Reply(Objects.requireNonNull(redis.execute(call)));
    }

    private static List<?> eval(RedisScriptingCommands scripting, Script script, int keys, byte[][] all) {
        try {
            return Objects.requireNonNull(scripting.<List<?>>evalSha(script.sha1(), ReturnType.MULTI, keys, all));
        } catch (DataAccessException e) {
            if (e.getMostSpecificCause() instanceof RedisNoScriptException) {
                return Objects.requireNonNull(
                        scripting.<List<?>>eval(bytesOf(script.text()), ReturnType.MULTI, keys, all));
            }
            throw e;
        }
    }

    private static byte[] bytesOf(Object value) {
        return value instanceof byte[] bytes ? bytes : value.toString().getBytes(StandardCharsets.UTF_8);
    }
}

package io.turnlane.store.memory;

import io.lettuce.core.RedisNoScriptException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisScriptingCommands;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DigestUtils;

/**
 * Loads and runs the Lua scripts that change memory. A script is called by its hash. If Redis doesn't know the script
 * yet, this class also sends its text. Scripts use only commands of Redis 6.2. All keys of a call share one hash tag,
 * as a Redis Cluster requires. Thread-safe.
 */
final class RedisScripts {

    /** Text of a script and the hash by which Redis knows it. */
    record Script(String text, String sha1) {}

    final Script begin = load("begin");
    final Script commit = load("commit");
    final Script fail = load("fail");
    final Script cancel = load("cancel");
    final Script dismiss = load("dismiss");
    final Script decide = load("decide");
    final Script release = load("release");
    final Script leave = load("leave");
    final Script refuse = load("refuse");
    final Script quarantined = load("quarantined");
    final Script unended = load("unended");
    final Script delete = load("delete");
    final Script restore = load("restore");

    private final StringRedisTemplate redis;

    RedisScripts(StringRedisTemplate redis) {
        this.redis = redis;
    }

    /**
     * Runs the script.
     *
     * @param arguments values for {@code ARGV}: byte arrays as they are, anything else as text
     * @throws MemoryUnavailableException if Redis fails or doesn't answer
     * @throws IllegalStateException if the script fails because of the stored data or its arguments
     */
    Reply run(Script script, List<String> keys, Object... arguments) {
        byte[][] all = new byte[keys.size() + arguments.length][];
        for (int i = 0; i < all.length; i++) {
            all[i] = bytesOf(i < keys.size() ? keys.get(i) : arguments[i - keys.size()]);
        }
        try {
            RedisCallback<List<?>> call = connection -> eval(connection.scriptingCommands(), script, keys.size(), all);
            return new Reply(Objects.requireNonNull(redis.execute(call)));
        } catch (DataAccessException e) {
            throw RedisFailures.of("call of a Redis script failed", e);
        }
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

    /**
     * Loads a script: the text of {@code common.lua}, followed by the named parts. The parts are copied into each
     * script, because scripts of Redis 6.2 can't share functions.
     *
     * @param names names of the parts, in their order
     */
    static Script load(String... names) {
        StringBuilder text = new StringBuilder(read("common"));
        for (String name : names) {
            text.append(read(name));
        }
        return new Script(text.toString(), DigestUtils.sha1DigestAsHex(text.toString()));
    }

    private static String read(String name) {
        try (InputStream in = RedisScripts.class.getResourceAsStream(name + ".lua")) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reply of a script. The first part is a status word, and the other parts are values. */
    record Reply(List<?> parts) {

        String word() {
            return text(0);
        }

        int size() {
            return parts.size();
        }

        String text(int index) {
            return new String(bytes(index), StandardCharsets.UTF_8);
        }

        byte[] bytes(int index) {
            return (byte[]) Objects.requireNonNull(parts.get(index));
        }

        int number(int index) {
            return Math.toIntExact((Long) Objects.requireNonNull(parts.get(index)));
        }

        /** Returns a time span in milliseconds; null if the script returned a negative number. */
        @Nullable
        Duration millis(int index) {
            long millis = (Long) Objects.requireNonNull(parts.get(index));
            return millis < 0 ? null : Duration.ofMillis(millis);
        }

        /** Returns the time that a session is kept without activity. */
        Duration life(int index) {
            return Duration.ofMillis((Long) Objects.requireNonNull(parts.get(index)));
        }

        /** Returns a reply that consists of the parts from {@code index} on. */
        Reply tail(int index) {
            return new Reply(parts.subList(index, parts.size()));
        }

        List<Reply> replies(int index) {
            return ((List<?>) Objects.requireNonNull(parts.get(index)))
                    .stream().map(part -> new Reply((List<?>) part)).toList();
        }

        List<byte[]> blobs(int index) {
            return ((List<?>) Objects.requireNonNull(parts.get(index)))
                    .stream().map(byte[].class::cast).toList();
        }
    }
}

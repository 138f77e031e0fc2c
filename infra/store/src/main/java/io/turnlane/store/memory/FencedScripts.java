package io.turnlane.store.memory;

import io.turnlane.store.MemoryUnavailableException;
import io.turnlane.store.RedisScripts;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import java.util.ArrayList;
import java.util.List;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Runs the scripts that check fences, and converts the exceptions of Redis calls. Thread-safe. */
final class FencedScripts {

    private final RedisScripts scripts;

    FencedScripts(StringRedisTemplate redis) {
        this.scripts = new RedisScripts(redis);
    }

    /** Loads the named parts after the functions that all scripts of this package share. */
    static Script load(String... names) {
        List<String> parts = new ArrayList<>(List.of("fenced"));
        parts.addAll(List.of(names));
        return Script.load(FencedScripts.class, parts.toArray(String[]::new));
    }

    /**
     * Runs the script.
     *
     * @param arguments values for {@code ARGV}: byte arrays as they are, anything else as text
     * @throws MemoryUnavailableException if Redis fails or doesn't answer
     * @throws IllegalStateException if the script fails because of the stored data or its arguments
     */
    Reply run(Script script, List<String> keys, Object... arguments) {
        try {
            return scripts.run(script, keys, arguments);
        } catch (DataAccessException e) {
            throw RedisFailures.of("call of a Redis script failed", e);
        }
    }
}

package io.turnlane.store;

import java.util.List;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Writes single fields of hashes that exist. Does not create a hash, so that erased data stays erased. Thread-safe. */
public final class HashFields {

    /** Script with the hash as key, and a field and its value as arguments. */
    public static final Script SET_IF_EXISTS = Script.load(HashFields.class, "set_if_exists");

    private final RedisScripts scripts;

    public HashFields(StringRedisTemplate redis) {
        this.scripts = new RedisScripts(redis);
    }

    /** Sets a field of the hash, if the hash exists. Throws a data access exception if Redis is unavailable. */
    public void setIfExists(String key, String field, Object value) {
        scripts.run(SET_IF_EXISTS, List.of(key), field, value);
    }
}

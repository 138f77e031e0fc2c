package io.turnlane.gateway.limits;

import io.turnlane.model.MemoryKeys;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/** Token buckets shared by all gateways. Throws a data access exception if Redis is unavailable. */
public final class RedisTokenBuckets implements TokenBuckets {

    @SuppressWarnings("rawtypes") // the type of a Lua table
    private static final RedisScript<List> TAKE =
            RedisScript.of(new ClassPathResource("take_token.lua", RedisTokenBuckets.class), List.class);

    private final StringRedisTemplate redis;

    public RedisTokenBuckets(StringRedisTemplate redis) {
        this.redis = redis;
    }

    @Override
    public TokenResult takeToken(String namespace, String kind, int capacity) {
        List<?> reply = Objects.requireNonNull(
                redis.execute(TAKE, List.of(MemoryKeys.rateBucket(namespace, kind)), Integer.toString(capacity)));
        return new TokenResult(
                number(reply, 0) == 1,
                number(reply, 1),
                Duration.ofMillis(number(reply, 2)),
                Duration.ofMillis(number(reply, 3)));
    }

    private static long number(List<?> reply, int index) {
        return ((Number) reply.get(index)).longValue();
    }
}

package io.turnlane.gateway.limits;

import io.turnlane.store.MemoryKeys;
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
        List<?> reply = take(namespace, kind, capacity, 0);
        return new TokenResult(
                number(reply, 0) == 1,
                number(reply, 1),
                Duration.ofMillis(number(reply, 2)),
                Duration.ofMillis(number(reply, 3)));
    }

    /**
     * Takes tokens for a call that was already granted. If the bucket has too few, its number of tokens becomes
     * negative, and the bucket grants no token until it is positive again, after at most about a minute.
     *
     * @param cost number of tokens, at least 1
     */
    void charge(String namespace, String kind, int capacity, int cost) {
        var _ = take(namespace, kind, capacity, cost);
    }

    private List<?> take(String namespace, String kind, int capacity, int cost) {
        return Objects.requireNonNull(redis.execute(
                TAKE,
                List.of(MemoryKeys.rateBucket(namespace, kind)),
                Integer.toString(capacity),
                Integer.toString(cost)));
    }

    private static long number(List<?> reply, int index) {
        return ((Number) reply.get(index)).longValue();
    }
}

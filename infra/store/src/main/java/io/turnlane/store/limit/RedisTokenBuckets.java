package io.turnlane.store.limit;

import io.turnlane.store.MemoryKeys;
import io.turnlane.store.RedisScripts;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import java.util.List;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Token buckets shared by all gateways. Throws a data access exception if Redis is unavailable. */
public final class RedisTokenBuckets implements TokenBuckets {

    private static final Script TAKE = Script.load(RedisTokenBuckets.class, "take_token");

    private final RedisScripts scripts;

    public RedisTokenBuckets(StringRedisTemplate redis) {
        this.scripts = new RedisScripts(redis);
    }

    @Override
    public TokenResult takeToken(String namespace, String kind, int capacity) {
        Reply reply = take(namespace, kind, capacity, 0);
        return new TokenResult(reply.number(0) == 1, reply.wholeNumber(1), reply.millis(2), reply.millis(3));
    }

    /**
     * Takes tokens for a call that was already granted. If the bucket has too few, its number of tokens becomes
     * negative, and the bucket grants no token until it is positive again, after at most about a minute.
     *
     * @param cost number of tokens, at least 1
     */
    public void charge(String namespace, String kind, int capacity, int cost) {
        take(namespace, kind, capacity, cost);
    }

    private Reply take(String namespace, String kind, int capacity, int cost) {
        return scripts.run(TAKE, List.of(MemoryKeys.rateBucket(namespace, kind)), capacity, cost);
    }
}

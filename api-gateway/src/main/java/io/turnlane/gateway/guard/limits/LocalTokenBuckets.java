package io.turnlane.gateway.guard.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.turnlane.store.limit.TokenBuckets;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Token buckets of this gateway alone, used while Redis is unavailable. A user can then make the full number of calls
 * at each gateway.
 *
 * <p>Safe for use by any number of threads. The number of users is bounded; a user who was evicted starts again with a
 * full bucket.
 */
public final class LocalTokenBuckets implements TokenBuckets {

    private static final int MAX_USERS = 100_000;
    private static final double MINUTE_MS = 60_000;

    private final InstantSource clock;
    private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MAX_USERS)
            .expireAfterAccess(Duration.ofMinutes(2))
            .build();

    public LocalTokenBuckets(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * State of a bucket at the time {@code at}, in epoch milliseconds. {@code taken} is true if the last call got a
     * token.
     */
    private record Bucket(double tokens, long at, boolean taken) {

        Bucket take(int capacity, long now) {
            double filled = Math.min(capacity, tokens + Math.max(0, now - at) * capacity / MINUTE_MS);
            boolean granted = filled >= 1;
            return new Bucket(granted ? filled - 1 : filled, now, granted);
        }
    }

    @Override
    public TokenResult takeToken(String namespace, String kind, int capacity) {
        long now = clock.millis();
        Bucket bucket = buckets.asMap()
                .compute(
                        namespace + " " + kind,
                        (_, before) -> (before == null ? new Bucket(capacity, now, true) : before).take(capacity, now));
        return new TokenResult(
                bucket.taken(),
                (long) bucket.tokens(),
                fillTime(Math.max(0, 1 - bucket.tokens()), capacity),
                fillTime(capacity - bucket.tokens(), capacity));
    }

    private static Duration fillTime(double tokens, int capacity) {
        return Duration.ofMillis((long) Math.ceil(tokens * MINUTE_MS / capacity));
    }
}

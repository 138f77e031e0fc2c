package io.turnlane.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Buckets of this gateway alone, for the time that Redis is away: each gateway then gives out the whole rate.
 *
 * <p>Safe for use by any number of threads. The users that are remembered are bounded; one who is forgotten starts with
 * a full bucket.
 */
public final class LocalTokenBuckets implements TokenBuckets {

    private static final int MOST_USERS = 100_000;
    private static final double MINUTE_MS = 60_000;

    private final InstantSource clock;
    private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST_USERS)
            .expireAfterAccess(Duration.ofMinutes(2))
            .build();

    public LocalTokenBuckets(InstantSource clock) {
        this.clock = clock;
    }

    /** @param taken whether the last one that asked got a token */
    private record Bucket(double tokens, long at, boolean taken) {

        Bucket take(int capacity, long now) {
            double filled = Math.min(capacity, tokens + Math.max(0, now - at) * capacity / MINUTE_MS);
            boolean ok = filled >= 1;
            return new Bucket(ok ? filled - 1 : filled, now, ok);
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
                time(Math.max(0, 1 - bucket.tokens()), capacity),
                time(capacity - bucket.tokens(), capacity));
    }

    private static Duration time(double tokens, int capacity) {
        return Duration.ofMillis((long) Math.ceil(tokens * MINUTE_MS / capacity));
    }
}

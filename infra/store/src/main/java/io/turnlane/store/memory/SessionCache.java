package io.turnlane.store.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy.VarExpiration;
import com.github.benmanes.caffeine.cache.Ticker;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Cache of the memory of sessions that this processor owns, bounded in number and age.
 *
 * <p>When a turn begins, the begin script compares the version of the entry with the version in Redis. If they differ,
 * the script returns the history from Redis, and the entry is not used. The statistics count a hit for each turn whose
 * history was not fetched from Redis. Thread-safe.
 */
public final class SessionCache {

    /**
     * A session's memory at one version. Versions are random, so the entry of a session that was deleted and created
     * again never matches.
     *
     * @param fence fence of the flight that read the entry; negative if no flight did
     */
    record CachedSession(String version, Memory memory, long fence) {

        private static final long NONE = -1;

        /** Creates an entry that was read outside a turn. */
        CachedSession(String version, Memory memory) {
            this(version, memory, NONE);
        }

        CachedSession withFence(long token) {
            return new CachedSession(version, memory, token);
        }

        /**
         * Returns true if Redis must still contain the session. It must if the entry was read under the current fence
         * {@code token}, because no other processor can have shortened the session's lifetime since.
         */
        boolean mustExist(long token) {
            return fence == token && !version.isEmpty();
        }
    }

    /**
     * Time by which an entry's lifetime is shorter than its session's lifetime in Redis. Without this margin, the entry
     * would expire after the session, because Redis starts the lifetime before this processor receives the reply.
     */
    private static final Duration SAFETY_MARGIN = Duration.ofSeconds(1);

    private final Cache<SessionKey, CachedSession> entries;
    private final VarExpiration<SessionKey, CachedSession> expiry;
    private final long maxSize;
    private final Duration timeToLive;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    public SessionCache(long maxSize, Duration timeToLive) {
        this(maxSize, timeToLive, Ticker.systemTicker());
    }

    SessionCache(long maxSize, Duration timeToLive, Ticker ticker) {
        this.maxSize = maxSize;
        this.timeToLive = timeToLive;
        this.entries = Caffeine.newBuilder()
                .maximumSize(maxSize)
                .expireAfter(Expiry.<SessionKey, CachedSession>writing((_, _) -> timeToLive))
                .ticker(ticker)
                .executor(Runnable::run) // eviction takes less time than to wake another thread for it
                .build();
        this.expiry = entries.policy().expireVariably().orElseThrow();
    }

    @Nullable
    CachedSession get(SessionKey session) {
        return entries.getIfPresent(session);
    }

    /**
     * Stores the entry so that it expires before its session does. If a session is cached but missing from Redis, Redis
     * has therefore lost it. {@code life} is the time for which the session is kept without activity.
     */
    void put(SessionKey session, CachedSession entry, Duration life) {
        Duration lifetime = life.compareTo(SAFETY_MARGIN) > 0 ? life.minus(SAFETY_MARGIN) : Duration.ZERO;
        var _ = expiry.put(session, entry, lifetime.compareTo(timeToLive) < 0 ? lifetime : timeToLive);
    }

    void invalidate(SessionKey session) {
        entries.invalidate(session);
    }

    void countHit() {
        hits.increment();
    }

    void countMiss() {
        misses.increment();
    }

    /** Returns the current and the maximum number of entries, and the hits and misses since the start. */
    public ProcessorStatistics.CacheStatistics statistics() {
        return new ProcessorStatistics.CacheStatistics(entries.estimatedSize(), maxSize, hits.sum(), misses.sum());
    }
}

package io.turnlane.processor.memory;

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
 * What this processor knows of sessions that it owns, bounded in number and age.
 *
 * <p>Never trusted: an entry counts only while its version is the stored one, which the begin script checks, so a stale
 * entry costs a fetch and nothing else. A hit is a turn whose history didn't have to be fetched. Safe for threads.
 */
public final class SessionCache {

    /**
     * A session's memory as of a version, which is random at each commit, so that two lives of a session never meet.
     *
     * @param fence under which a turn saw it
     */
    record CachedSession(String version, Memory memory, long fence) {

        private static final long NONE = -1;

        /** Read outside of turns. */
        CachedSession(String version, Memory memory) {
            this(version, memory, NONE);
        }

        CachedSession withFence(long token) {
            return new CachedSession(version, memory, token);
        }

        /**
         * Whether the session must be there yet, unless memory was lost: since it was seen the partition was ours, so
         * that nobody else can have shortened its life.
         */
        boolean mustExist(long token) {
            return fence == token && !version.isEmpty();
        }
    }

    /** Entries end so much before their sessions do in the store, which hears of a turn a little before we know. */
    private static final Duration AHEAD = Duration.ofSeconds(1);

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
                .build();
        this.expiry = entries.policy().expireVariably().orElseThrow();
    }

    @Nullable
    CachedSession get(SessionKey session) {
        return entries.getIfPresent(session);
    }

    /**
     * Keeps the entry, but never for longer than its session lives without activity: a session that is known here and
     * not to the store was lost, and has not just expired.
     */
    void put(SessionKey session, CachedSession entry, Duration life) {
        Duration surely = life.compareTo(AHEAD) > 0 ? life.minus(AHEAD) : Duration.ZERO;
        var _ = expiry.put(session, entry, surely.compareTo(timeToLive) < 0 ? surely : timeToLive);
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

    /** Size, bound, hits and misses so far. */
    public ProcessorStatistics.CacheStatistics statistics() {
        return new ProcessorStatistics.CacheStatistics(entries.estimatedSize(), maxSize, hits.sum(), misses.sum());
    }
}

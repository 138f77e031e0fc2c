package io.turnlane.processor.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.turnlane.model.ProcessorFigures;
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
     */
    record Entry(String version, Memory memory) {}

    private final Cache<SessionKey, Entry> entries;
    private final long maxSize;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    public SessionCache(long maxSize, Duration timeToLive) {
        this.maxSize = maxSize;
        this.entries = Caffeine.newBuilder()
                .maximumSize(maxSize)
                .expireAfterWrite(timeToLive)
                .build();
    }

    @Nullable
    Entry get(SessionKey session) {
        return entries.getIfPresent(session);
    }

    void put(SessionKey session, Entry entry) {
        entries.put(session, entry);
    }

    void forget(SessionKey session) {
        entries.invalidate(session);
    }

    void hit() {
        hits.increment();
    }

    void miss() {
        misses.increment();
    }

    /** Size, bound, hits and misses so far. */
    public ProcessorFigures.Cache figures() {
        return new ProcessorFigures.Cache(entries.estimatedSize(), maxSize, hits.sum(), misses.sum());
    }
}

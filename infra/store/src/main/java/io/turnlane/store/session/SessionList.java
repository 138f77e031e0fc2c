package io.turnlane.store.session;

import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.RedisScripts;
import io.turnlane.store.Script;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ZSetOperations.TypedTuple;

/**
 * List of each user's sessions, sorted by last activity. The last activity of a session is updated at most once a
 * minute, so the order is accurate to one minute. The size of the list is bounded. A list can contain sessions that no
 * longer exist. Its readers must check each session and {@linkplain #remove remove} the entries of missing ones. Each
 * list is a sorted set in its own hash slot.
 *
 * <p>Every method throws a data access exception if Redis is unavailable. Safe for use by any number of threads.
 */
public final class SessionList {

    /**
     * Maximum number of sessions in a list. If there are more, the list omits those with the oldest activity. They
     * continue to exist.
     */
    static final int MAX_ENTRIES = 10_000;

    /**
     * Number of entries that {@link #read} fetches in addition. Redis selects entries by time only, so its reply can
     * start with entries that the caller has already read, and {@code read} skips them.
     */
    private static final int TIES = 64;

    private static final Script LIST = Script.load(SessionList.class, "list_session");
    private static final Script UNLIST = Script.load(SessionList.class, "unlist");

    private final StringRedisTemplate redis;
    private final RedisScripts scripts;
    private final Duration longestLife;

    /** @param longestLife maximum time for which any session is kept without activity */
    public SessionList(StringRedisTemplate redis, Duration longestLife) {
        this.redis = redis;
        this.scripts = new RedisScripts(redis);
        this.longestLife = longestLife;
    }

    /**
     * Entry of the list.
     *
     * @param at last activity, accurate to one minute
     */
    public record ListedSession(SessionId sessionId, Instant at) {}

    /** Records that a session was created or asked a question at the given time. */
    public void recordActivity(SessionKey session, Instant at) {
        scripts.run(
                LIST,
                List.of(MemoryKeys.sessionsOfUser(session.namespace())),
                session.sessionId(),
                at.toEpochMilli(),
                at.minus(longestLife).toEpochMilli(),
                MAX_ENTRIES,
                longestLife.toMillis());
    }

    /**
     * Returns the entries that follow {@code after}. The most recently active session comes first.
     *
     * @param namespace namespace of the user's session keys
     * @param after last entry that the caller has read; null to start at the first entry
     * @param most maximum number of entries to return
     */
    public List<ListedSession> read(String namespace, @Nullable ListedSession after, int most) {
        double highest = after == null ? Double.POSITIVE_INFINITY : after.at().toEpochMilli();
        int count = after == null ? most : most + TIES;
        Set<TypedTuple<String>> found = redis.opsForZSet()
                .reverseRangeByScoreWithScores(
                        MemoryKeys.sessionsOfUser(namespace), Double.NEGATIVE_INFINITY, highest, 0, count);
        List<ListedSession> entries = new ArrayList<>();
        for (TypedTuple<String> tuple : Objects.requireNonNullElse(found, Set.<TypedTuple<String>>of())) {
            if (!SessionId.isValid(Objects.requireNonNull(tuple.getValue()))) {
                continue; // an id that only older versions accepted
            }
            ListedSession entry = entry(tuple);
            if (entries.size() < most && (after == null || follows(entry, after))) {
                entries.add(entry);
            }
        }
        return entries;
    }

    private static ListedSession entry(TypedTuple<String> tuple) {
        return new ListedSession(
                new SessionId(Objects.requireNonNull(tuple.getValue())),
                Instant.ofEpochMilli(Objects.requireNonNull(tuple.getScore()).longValue()));
    }

    /**
     * Returns true if {@code entry} comes after {@code after} in the list. Entries with the same time are in descending
     * order of their ids, as in Redis.
     */
    private static boolean follows(ListedSession entry, ListedSession after) {
        int byTime = entry.at().compareTo(after.at());
        return byTime < 0
                || (byTime == 0
                        && entry.sessionId()
                                        .toString()
                                        .compareTo(after.sessionId().toString())
                                < 0);
    }

    /** Removes the entry of a session that no longer exists, unless the session was active after the entry was read. */
    public void remove(String namespace, ListedSession entry) {
        scripts.run(
                UNLIST,
                List.of(MemoryKeys.sessionsOfUser(namespace)),
                entry.sessionId(),
                entry.at().toEpochMilli());
    }
}

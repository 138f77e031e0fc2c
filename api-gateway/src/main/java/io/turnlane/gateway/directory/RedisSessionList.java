package io.turnlane.gateway.directory;

import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ZSetOperations.TypedTuple;
import org.springframework.data.redis.core.script.RedisScript;

/** Session lists in Redis: one sorted set for each user, in its own hash slot. */
public final class RedisSessionList implements SessionList {

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

    private static final RedisScript<Long> LIST =
            RedisScript.of(new ClassPathResource("list_session.lua", RedisSessionList.class), Long.class);
    private static final RedisScript<Long> UNLIST =
            RedisScript.of(new ClassPathResource("unlist_session.lua", RedisSessionList.class), Long.class);

    private final StringRedisTemplate redis;
    private final Duration longestLife;

    /** @param longestLife maximum time for which any session is kept without activity */
    public RedisSessionList(StringRedisTemplate redis, Duration longestLife) {
        this.redis = redis;
        this.longestLife = longestLife;
    }

    @Override
    public void recordActivity(SessionKey session, Instant at) {
        redis.execute(
                LIST,
                List.of(MemoryKeys.sessionsOfUser(session.namespace())),
                session.sessionId().toString(),
                Long.toString(at.toEpochMilli()),
                Long.toString(at.minus(longestLife).toEpochMilli()),
                Integer.toString(MAX_ENTRIES),
                Long.toString(longestLife.toMillis()));
    }

    @Override
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

    @Override
    public void remove(String namespace, ListedSession entry) {
        redis.execute(
                UNLIST,
                List.of(MemoryKeys.sessionsOfUser(namespace)),
                entry.sessionId().toString(),
                Long.toString(entry.at().toEpochMilli()));
    }
}

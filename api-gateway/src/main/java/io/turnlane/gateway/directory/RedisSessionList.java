package io.turnlane.gateway.directory;

import io.turnlane.model.MemoryKeys;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
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

/** The lists in Redis: a sorted set a user, in a slot of its own. */
public final class RedisSessionList implements SessionList {

    /** The longest idle of more sessions aren't listed; they live on all the same. */
    static final int MOST = 10_000;

    /** Entries of one millisecond that may stand before the place of a cursor. */
    private static final int TIES = 64;

    private static final RedisScript<Long> LIST =
            RedisScript.of(new ClassPathResource("list_session.lua", RedisSessionList.class), Long.class);
    private static final RedisScript<Long> UNLIST =
            RedisScript.of(new ClassPathResource("unlist_session.lua", RedisSessionList.class), Long.class);

    private final StringRedisTemplate redis;
    private final Duration longestLife;

    /** @param longestLife of any session without being asked something */
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
                Integer.toString(MOST),
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
        for (TypedTuple<String> one : Objects.requireNonNullElse(found, Set.<TypedTuple<String>>of())) {
            ListedSession entry = entry(one);
            if (entries.size() < most && (after == null || follows(entry, after))) {
                entries.add(entry);
            }
        }
        return entries;
    }

    private static ListedSession entry(TypedTuple<String> one) {
        return new ListedSession(
                new SessionId(Objects.requireNonNull(one.getValue())),
                Instant.ofEpochMilli(Objects.requireNonNull(one.getScore()).longValue()));
    }

    /** Redis orders entries of the same time by their bytes, backwards here; ids are ASCII, so that Java agrees. */
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
    public void remove(String namespace, ListedSession gone) {
        redis.execute(
                UNLIST,
                List.of(MemoryKeys.sessionsOfUser(namespace)),
                gone.sessionId().toString(),
                Long.toString(gone.at().toEpochMilli()));
    }
}

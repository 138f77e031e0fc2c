package io.turnlane.gateway.limits;

import io.turnlane.model.MemoryKeys;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ZSetOperations.TypedTuple;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * The open turns of each user, over all sessions and gateways. They lie in the user's slot and their records in their
 * sessions'; so nobody takes one out when it ends, but whoever finds all places taken looks which of them still are.
 * Throws a data access exception where Redis is away.
 */
public final class RedisUserTurns {

    /** A turn that was accepted so lately may have no record yet. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private static final RedisScript<Long> TAKE =
            RedisScript.of(new ClassPathResource("take_place.lua", RedisUserTurns.class), Long.class);

    private final StringRedisTemplate redis;
    private final int maxOpenTurns;
    private final Duration retention;
    private final InstantSource clock;

    /**
     * @param most open turns of one user
     * @param retention how long a turn's record lives, and so how long a turn can be open
     */
    public RedisUserTurns(StringRedisTemplate redis, int most, Duration retention, InstantSource clock) {
        this.redis = redis;
        this.maxOpenTurns = most;
        this.retention = retention;
        this.clock = clock;
    }

    int maxOpenTurns() {
        return maxOpenTurns;
    }

    /** Whether the turn is among those that this user may have open. */
    boolean reserve(SessionKey session, RequestId turn) {
        return tryToTake(session, turn) || (forgetEnded(session.namespace()) && tryToTake(session, turn));
    }

    private boolean tryToTake(SessionKey session, RequestId turn) {
        long now = clock.millis();
        Long taken = redis.execute(
                TAKE,
                List.of(MemoryKeys.turnsOfUser(session.namespace())),
                member(session, turn),
                Long.toString(now),
                Integer.toString(maxOpenTurns),
                Long.toString(now - retention.toMillis()),
                Long.toString(retention.toMillis()));
        return Objects.requireNonNull(taken) == 1;
    }

    /** The turn was not accepted. */
    void release(SessionKey session, RequestId turn) {
        redis.opsForZSet().remove(MemoryKeys.turnsOfUser(session.namespace()), member(session, turn));
    }

    private static String member(SessionKey session, RequestId turn) {
        return session.sessionId() + "/" + turn;
    }

    /** Whether any was. */
    private boolean forgetEnded(String namespace) {
        String key = MemoryKeys.turnsOfUser(namespace);
        Set<TypedTuple<String>> open =
                Objects.requireNonNullElse(redis.opsForZSet().rangeWithScores(key, 0, -1), Set.of());
        List<TypedTuple<String>> all = List.copyOf(open);
        List<?> statuses = redis.executePipelined((RedisCallback<@Nullable Object>) connection -> {
            for (TypedTuple<String> one : all) {
                connection.hashCommands().hGet(bytes(recordOf(namespace, text(one))), bytes("status"));
            }
            return null;
        });
        Instant young = clock.instant().minus(YOUNG);
        List<Object> ended = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (over(statuses.get(i), all.get(i), young)) {
                ended.add(text(all.get(i)));
            }
        }
        return !ended.isEmpty() && redis.opsForZSet().remove(key, ended.toArray()) != null;
    }

    private static boolean over(@Nullable Object status, TypedTuple<String> turn, Instant young) {
        if (status == null) {
            Double acceptedAt = turn.getScore();
            return acceptedAt == null || acceptedAt < young.toEpochMilli();
        }
        return RequestStatus.of(String.valueOf(status)).isTerminal();
    }

    private static String text(TypedTuple<String> one) {
        return Objects.requireNonNull(one.getValue());
    }

    private static String recordOf(String namespace, String member) {
        int slash = member.indexOf('/');
        SessionKey session = new SessionKey(namespace, new SessionId(member.substring(0, slash)));
        return new MemoryKeys(session).request(RequestId.parse(member.substring(slash + 1)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

package io.turnlane.store.limit;

import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.RedisScripts;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ZSetOperations.TypedTuple;

/**
 * Open turns of each user, over all sessions and gateways, as a set in Redis. Commands that change sessions count as
 * turns, and their total size is limited, too. A turn that ends stays in the set at first. If a limit is reached,
 * {@link #reserve} removes all turns that have ended, and tries again. Methods throw a data access exception if Redis
 * is unavailable.
 */
public final class RedisUserTurns {

    /**
     * Time for which a turn counts as open although it has no request record. The gateway reserves a turn before it
     * writes the request record.
     */
    private static final Duration RECENT = Duration.ofMinutes(1);

    private static final Script RESERVE = Script.load(RedisUserTurns.class, "reserve");

    private final StringRedisTemplate redis;
    private final RedisScripts scripts;
    private final int maxOpenTurns;
    private final long maxOpenBytes;
    private final Duration retention;
    private final InstantSource clock;

    /**
     * @param maxOpenTurns maximum number of open turns of one user
     * @param maxOpenBytes maximum number of bytes of one user's open commands; 0 for no limit
     * @param retention lifetime of a request record; a turn counts as open for at most this time
     */
    public RedisUserTurns(
            StringRedisTemplate redis, int maxOpenTurns, long maxOpenBytes, Duration retention, InstantSource clock) {
        this.redis = redis;
        this.scripts = new RedisScripts(redis);
        this.maxOpenTurns = maxOpenTurns;
        this.maxOpenBytes = maxOpenBytes;
        this.retention = retention;
        this.clock = clock;
    }

    public int maxOpenTurns() {
        return maxOpenTurns;
    }

    /** Result of reserving a turn. */
    public enum Reservation {
        RESERVED,
        /**
         * The user has the maximum number of open turns. If the turn is a command, its bytes may also be too many,
         * together with those of the user's other open commands.
         */
        FULL,
        /** The user has used the budget of this day. */
        SPENT
    }

    /**
     * An open turn or command.
     *
     * @param bytes size of a command; 0 for a question
     */
    public record CountedTurn(SessionKey session, RequestId request, long bytes) {

        private String member() {
            return session.sessionId() + "/" + request + (bytes == 0 ? "" : "/" + bytes);
        }
    }

    /**
     * Reserves an open turn, unless a limit of the user is reached.
     *
     * @param extra number of open turns by which this turn may exceed the maximum
     * @param budget maximum usage of the user on this day (UTC)
     */
    public Reservation reserve(CountedTurn turn, int extra, UsageBudget budget) {
        Reservation first = tryReserve(turn, extra, budget);
        return first == Reservation.FULL && removeEnded(turn.session().namespace())
                ? tryReserve(turn, extra, budget)
                : first;
    }

    private Reservation tryReserve(CountedTurn turn, int extra, UsageBudget budget) {
        long now = clock.millis();
        String namespace = turn.session().namespace();
        List<String> keys = new ArrayList<>(List.of(MemoryKeys.turnsOfUser(namespace)));
        if (budget.isLimited()) {
            keys.add(MemoryKeys.usageOfUser(namespace, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)));
        }
        Reply reply = scripts.run(
                RESERVE,
                keys,
                turn.member(),
                now,
                maxOpenTurns + extra,
                now - retention.toMillis(),
                retention.toMillis(),
                turn.bytes(),
                maxOpenBytes,
                budget.tokens(),
                budget.costInBillionths());
        return switch (reply.word()) {
            case "reserved" -> Reservation.RESERVED;
            case "full" -> Reservation.FULL;
            case "spent" -> Reservation.SPENT;
            default -> throw reply.unexpected();
        };
    }

    public void release(CountedTurn turn) {
        redis.opsForZSet().remove(MemoryKeys.turnsOfUser(turn.session().namespace()), turn.member());
    }

    private boolean removeEnded(String namespace) {
        String key = MemoryKeys.turnsOfUser(namespace);
        Set<TypedTuple<String>> open =
                Objects.requireNonNullElse(redis.opsForZSet().rangeWithScores(key, 0, -1), Set.of());
        List<TypedTuple<String>> all = List.copyOf(open);
        List<?> statuses = readEach(all, member -> recordOf(namespace, member), "status");
        List<Object> ended = new ArrayList<>();
        List<TypedTuple<String>> withoutRecord = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (statuses.get(i) == null) {
                withoutRecord.add(all.get(i));
            } else if (RequestStatus.of(String.valueOf(statuses.get(i))).isTerminal()) {
                ended.add(text(all.get(i)));
            }
        }
        ended.addAll(endedWithoutRecord(namespace, withoutRecord));
        return !ended.isEmpty() && redis.opsForZSet().remove(key, ended.toArray()) != null;
    }

    /**
     * Returns the members without a request record that do not count as open: those that are not recent, and those that
     * were erased with their session. The tombstone of a deletion names the deletion itself and the erased requests.
     */
    private List<String> endedWithoutRecord(String namespace, List<TypedTuple<String>> turns) {
        if (turns.isEmpty()) {
            return List.of();
        }
        List<?> erased = readEach(turns, member -> keysOf(namespace, member).tombstone(), "erased");
        Instant recent = clock.instant().minus(RECENT);
        List<String> ended = new ArrayList<>();
        for (int i = 0; i < turns.size(); i++) {
            String member = text(turns.get(i));
            Double acceptedAt = turns.get(i).getScore();
            boolean old = acceptedAt == null || acceptedAt < recent.toEpochMilli();
            String names = String.valueOf(erased.get(i));
            if (old || names.contains(requestOf(member).toString())) {
                ended.add(member);
            }
        }
        return ended;
    }

    /** Reads one field of a hash for each member. The result contains null for each missing field. */
    private List<?> readEach(List<TypedTuple<String>> members, UnaryOperator<String> hashOf, String field) {
        return redis.executePipelined((RedisCallback<@Nullable Object>) connection -> {
            for (TypedTuple<String> member : members) {
                connection.hashCommands().hGet(bytes(hashOf.apply(text(member))), bytes(field));
            }
            return null;
        });
    }

    private static String text(TypedTuple<String> one) {
        return Objects.requireNonNull(one.getValue());
    }

    private static String recordOf(String namespace, String member) {
        return keysOf(namespace, member).request(requestOf(member));
    }

    private static MemoryKeys keysOf(String namespace, String member) {
        String session = member.substring(0, member.indexOf('/'));
        return new MemoryKeys(new SessionKey(namespace, new SessionId(session)));
    }

    private static RequestId requestOf(String member) {
        return RequestId.parse(List.of(member.split("/", -1)).get(1));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

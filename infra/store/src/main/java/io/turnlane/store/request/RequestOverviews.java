package io.turnlane.store.request;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.domain.Range;
import org.springframework.data.redis.connection.Limit;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Reads overviews of the requests of many sessions with three round trips. Safe for use by any number of threads. */
public record RequestOverviews(StringRedisTemplate redis, WireFormat wire) {

    private static final Logger LOG = LoggerFactory.getLogger(RequestOverviews.class);

    /** Maximum number of requests of one session that are read. */
    private static final int MAX_OF_SESSION = 1000;

    private static final byte[][] FIELDS = bytes(
            "type",
            "status",
            "agent",
            "route",
            "error",
            "attempt",
            "processor",
            "created_at",
            "begun_at",
            "finished_at");

    private record FoundRequest(
            SessionKey session,
            RequestId requestId,
            @Nullable String userId) {}

    /**
     * Returns the requests of sessions that were created in a time span. Of each session, returns the newest
     * {@value #MAX_OF_SESSION}. Throws a data access exception if Redis is unavailable.
     *
     * @param sessions at most a few hundred sessions
     */
    public List<RequestOverview> read(List<SessionKey> sessions, Instant from, Instant to) {
        List<RequestOverview> overviews = new ArrayList<>();
        List<FoundRequest> found = find(sessions, from, to);
        for (int first = 0; first < found.size(); first += MAX_OF_SESSION) {
            overviews.addAll(read(found.subList(first, Math.min(first + MAX_OF_SESSION, found.size()))));
        }
        return overviews;
    }

    private List<FoundRequest> find(List<SessionKey> sessions, Instant from, Instant to) {
        Range<Double> span = Range.closed((double) from.toEpochMilli(), (double) to.toEpochMilli());
        List<?> replies = redis.executePipelined((RedisCallback<@Nullable Object>) connection -> {
            for (SessionKey session : sessions) {
                MemoryKeys keys = new MemoryKeys(session);
                connection
                        .zSetCommands()
                        .zRevRangeByScore(
                                bytes(keys.requestIds())[0], span, Limit.limit().count(MAX_OF_SESSION));
                connection.hashCommands().hGet(bytes(keys.context())[0], bytes("user_id")[0]);
            }
            return null;
        });
        List<FoundRequest> found = new ArrayList<>();
        for (int i = 0; i < sessions.size(); i++) {
            String user = text(replies.get(2 * i + 1));
            if (replies.get(2 * i) instanceof Collection<?> ids) {
                for (Object id : ids) {
                    try {
                        found.add(new FoundRequest(sessions.get(i), RequestId.parse(id.toString()), user));
                    } catch (IllegalArgumentException e) {
                        LOG.warn("entry left out of a list, because it is no request id: {}", sessions.get(i));
                    }
                }
            }
        }
        return found;
    }

    private List<RequestOverview> read(List<FoundRequest> found) {
        List<?> replies = redis.executePipelined((RedisCallback<@Nullable Object>) connection -> {
            for (FoundRequest one : found) {
                String key = new MemoryKeys(one.session()).request(one.requestId());
                connection.hashCommands().hMGet(bytes(key)[0], FIELDS);
            }
            return null;
        });
        List<RequestOverview> overviews = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            List<?> values = (List<?>) replies.get(i);
            if (values.get(1) != null && values.get(7) != null) { // otherwise, the record has expired
                FoundRequest one = found.get(i);
                try {
                    overviews.add(overview(one, values));
                } catch (IllegalArgumentException e) {
                    LOG.warn("request left out of a list, because its record is damaged: {}", one.requestId());
                }
            }
        }
        return overviews;
    }

    private RequestOverview overview(FoundRequest one, List<?> values) {
        String type = text(values.get(0));
        String attempt = text(values.get(5));
        return new RequestOverview(
                one.session(),
                one.requestId(),
                one.userId(),
                type,
                String.valueOf(values.get(1)),
                type == null ? text(values.get(2)) : null,
                text(values.get(3)),
                code(text(values.get(4))),
                attempt == null ? 0 : Integer.parseInt(attempt),
                text(values.get(6)),
                Instant.ofEpochMilli(Long.parseLong(String.valueOf(values.get(7)))),
                time(text(values.get(8))),
                time(text(values.get(9))));
    }

    private @Nullable String code(@Nullable String error) {
        try {
            return error == null
                    ? null
                    : wire.read(error.getBytes(StandardCharsets.UTF_8), TurnError.class)
                            .code();
        } catch (UnreadableRecordException e) {
            return null;
        }
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null || value.toString().isEmpty() ? null : value.toString();
    }

    private static @Nullable Instant time(@Nullable String millis) {
        return millis == null ? null : Instant.ofEpochMilli(Long.parseLong(millis));
    }

    private static byte[][] bytes(String... texts) {
        byte[][] all = new byte[texts.length][];
        for (int i = 0; i < texts.length; i++) {
            all[i] = texts[i].getBytes(StandardCharsets.UTF_8);
        }
        return all;
    }
}

package io.turnlane.store.session;

import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.StoredUsage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Reads overviews of many sessions with one round trip. Safe for use by any number of threads. */
public record SessionOverviews(StringRedisTemplate redis) {

    private static final Logger LOG = LoggerFactory.getLogger(SessionOverviews.class);

    private static final String[] FIELDS = {
        "user_id", "agent", "created_at", "last_activity", "request_count", "ttl", MemoryKeys.USAGE
    };

    /**
     * Returns the overviews of the sessions that exist and are not damaged. Throws a data access exception if Redis is
     * unavailable.
     *
     * @param sessions at most a few hundred sessions
     */
    public List<SessionOverview> read(List<SessionKey> sessions) {
        byte[][] fields = new byte[FIELDS.length][];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = bytes(FIELDS[i]);
        }
        List<?> replies = redis.executePipelined((RedisCallback<@Nullable Object>) connection -> {
            for (SessionKey session : sessions) {
                MemoryKeys keys = new MemoryKeys(session);
                connection.hashCommands().hMGet(bytes(keys.context()), fields);
                connection.zSetCommands().zCard(bytes(keys.openRequestIds()));
            }
            return null;
        });
        List<SessionOverview> found = new ArrayList<>();
        for (int i = 0; i < sessions.size(); i++) {
            List<?> values = (List<?>) replies.get(2 * i);
            if (values.get(2) != null && values.get(3) != null) {
                Object open = replies.get(2 * i + 1);
                try {
                    found.add(overview(sessions.get(i), values, open instanceof Number count ? count.intValue() : 0));
                } catch (IllegalArgumentException e) {
                    LOG.warn("session left out of a list, because its record is damaged: {}", sessions.get(i));
                }
            }
        }
        return found;
    }

    private static SessionOverview overview(SessionKey session, List<?> values, int open) {
        String user = text(values.get(0));
        return new SessionOverview(
                session,
                user.isEmpty() ? null : user,
                text(values.get(1)),
                Instant.ofEpochMilli(number(values.get(2))),
                Instant.ofEpochMilli(number(values.get(3))),
                number(values.get(4)),
                open,
                number(values.get(5)) / 1000,
                StoredUsage.read(text(values.get(6))));
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static long number(@Nullable Object value) {
        return value == null ? 0 : (long) Double.parseDouble(value.toString());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

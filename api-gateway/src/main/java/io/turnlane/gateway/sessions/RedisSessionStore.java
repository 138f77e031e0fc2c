package io.turnlane.gateway.sessions;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionKey;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.store.Checksummed;
import io.turnlane.store.CorruptValueException;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.stereotype.Component;

/**
 * Session contexts and histories in Redis.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
final class RedisSessionStore implements SessionStore {

    private static final Logger LOG = LoggerFactory.getLogger(RedisSessionStore.class);
    private static final RedisScript<Long> CREATE =
            RedisScript.of(new ClassPathResource("create_session.lua", RedisSessionStore.class), Long.class);

    private static final int MAX_READS = 10;

    private final StringRedisTemplate text;
    private final RedisTemplate<String, byte[]> blobs;
    private final WireFormat wire;

    RedisSessionStore(StringRedisTemplate text, RedisTemplate<String, byte[]> blobs, WireFormat wire) {
        this.text = text;
        this.blobs = blobs;
        this.wire = wire;
    }

    @Override
    public void create(SessionKey session, NewSession fresh) {
        MemoryKeys keys = new MemoryKeys(session);
        text.execute(
                CREATE,
                List.of(keys.context(), keys.life()),
                Long.toString(fresh.createdAt().toEpochMilli()),
                session.sessionId().toString(),
                fresh.userId() == null ? "" : fresh.userId(),
                fresh.agent(),
                new String(wire.writeValue(fresh.metadata()), StandardCharsets.UTF_8),
                Long.toString(fresh.ttl().toMillis()));
    }

    @Override
    public Optional<SessionContext> context(SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        Map<String, String> fields = text.<String, String>opsForHash().entries(keys.context());
        if (fields.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(context(session, fields, openRequests(keys)));
        } catch (IllegalArgumentException | UnreadableRecordException e) {
            throw damaged(session, e);
        }
    }

    private int openRequests(MemoryKeys keys) {
        Long open = text.opsForZSet().zCard(keys.openRequestIds());
        return open == null ? 0 : open.intValue();
    }

    @Override
    public boolean hasOpenRequests(SessionKey session) {
        return openRequests(new MemoryKeys(session)) > 0;
    }

    private SessionContext context(SessionKey session, Map<String, String> fields, int open)
            throws UnreadableRecordException {
        String metadata = fields.getOrDefault("metadata", "{}");
        return new SessionContext(
                session.sessionId(),
                present(fields.get("user_id")),
                fields.getOrDefault("agent", ""),
                Instant.ofEpochMilli(number(fields, "created_at")),
                Instant.ofEpochMilli(number(fields, "last_activity")),
                present(fields.get("current_question")),
                fields.getOrDefault("processing_stage", ""),
                number(fields, "request_count"),
                Duration.ofMillis(number(fields, "total_processing_time")),
                open,
                wire.readObject(metadata.getBytes(StandardCharsets.UTF_8)),
                Duration.ofMillis(number(fields, "ttl")).toSeconds());
    }

    private static ProblemDetailException damaged(SessionKey session, Exception cause) {
        LOG.atError()
                .setMessage("session context is damaged")
                .addKeyValue("user", session.namespace())
                .addKeyValue("session", session.sessionId())
                .log();
        return new ProblemDetailException(ErrorCode.INTERNAL_ERROR, "The stored session is damaged.", cause);
    }

    @Override
    public Optional<SessionHistory> history(SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        List<String> context = text.<String, String>opsForHash().multiGet(keys.context(), List.of("ttl", "hist_bytes"));
        if (context.get(0) == null) {
            return Optional.empty();
        }
        List<byte[]> stored = Objects.requireNonNullElse(blobs.opsForList().range(keys.history(), 0, -1), List.of());
        if (stored.isEmpty() && Long.parseLong(Objects.requireNonNullElse(context.get(1), "0")) > 0) {
            throw new ProblemDetailException(
                    ErrorCode.UNAVAILABLE,
                    "Redis lost the history of this session. The session's next question restores it from the log.");
        }
        List<PastTurn> turns = new ArrayList<>();
        for (byte[] blob : stored) {
            PastTurn turn = open(session, blob);
            if (turn != null) {
                turns.add(turn);
            }
        }
        return Optional.of(new SessionHistory(List.copyOf(turns), stored.size() - turns.size()));
    }

    /**
     * If the session's version changes while its context and history are read, reads both again, up to
     * {@value #MAX_READS} times in all. Then returns the last values, which may be of different versions.
     */
    @Override
    public Optional<SessionSnapshot> snapshot(SessionKey session) {
        String key = new MemoryKeys(session).context();
        Optional<SessionSnapshot> snapshot = Optional.empty();
        for (int reads = 0; reads < MAX_READS; reads++) {
            String before = text.<String, String>opsForHash().get(key, "version");
            snapshot = context(session).flatMap(c -> history(session).map(h -> new SessionSnapshot(c, h)));
            if (Objects.equals(before, text.<String, String>opsForHash().get(key, "version"))) {
                return snapshot;
            }
        }
        return snapshot;
    }

    private @Nullable PastTurn open(SessionKey session, byte[] blob) {
        try {
            return wire.read(Checksummed.open(blob), PastTurn.class);
        } catch (CorruptValueException | UnreadableRecordException e) {
            LOG.atError()
                    .setMessage("damaged turn omitted from a session's history")
                    .addKeyValue("user", session.namespace())
                    .addKeyValue("session", session.sessionId())
                    .addKeyValue("why", e.getMessage())
                    .log();
            return null;
        }
    }

    private static long number(Map<String, String> fields, String name) {
        return (long) Double.parseDouble(fields.getOrDefault(name, "0"));
    }

    private static @Nullable String present(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}

package io.turnlane.store.session;

import io.turnlane.model.AgentStates;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionKey;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.store.Checksummed;
import io.turnlane.store.CorruptValueException;
import io.turnlane.store.DamagedRecordException;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.RedisScripts;
import io.turnlane.store.Script;
import io.turnlane.store.StoredUsage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Access to session contexts and histories: reads them and creates contexts. Every method throws a data access
 * exception if Redis is unavailable.
 *
 * <p>Safe for use by any number of threads.
 */
public final class SessionStore {

    private static final Logger LOG = LoggerFactory.getLogger(SessionStore.class);
    private static final Script CREATE = Script.load(SessionStore.class, "create_session");

    private static final int MAX_READS = 10;

    private static final List<String> CONTEXT_FIELDS = List.of(
            "user_id",
            "agent",
            "created_at",
            "last_activity",
            "current_question",
            "processing_stage",
            "request_count",
            "total_processing_time",
            "metadata",
            "ttl",
            MemoryKeys.USAGE);

    private final StringRedisTemplate text;
    private final RedisScripts scripts;
    private final RedisTemplate<String, byte[]> blobs;
    private final WireFormat wire;

    public SessionStore(StringRedisTemplate text, RedisTemplate<String, byte[]> blobs, WireFormat wire) {
        this.text = text;
        this.scripts = new RedisScripts(text);
        this.blobs = blobs;
        this.wire = wire;
    }

    /** Initial values of a session's context. */
    public record NewSession(
            @Nullable String userId, String agent, Map<String, Object> metadata, Duration ttl, Instant createdAt) {}

    /**
     * History of a session.
     *
     * @param turns latest turns, oldest first
     * @param damaged number of turns that are omitted because their stored form is damaged
     */
    public record SessionHistory(List<PastTurn> turns, int damaged) {}

    public record SessionSnapshot(SessionContext context, SessionHistory history, AgentStates states) {}

    /** Creates the session's context if it does not exist. */
    public void create(SessionKey session, NewSession fresh) {
        MemoryKeys keys = new MemoryKeys(session);
        scripts.run(
                CREATE,
                List.of(keys.context(), keys.history()),
                fresh.createdAt().toEpochMilli(),
                session.sessionId(),
                fresh.userId() == null ? "" : fresh.userId(),
                fresh.agent(),
                wire.writeValue(fresh.metadata()),
                fresh.ttl().toMillis());
    }

    /**
     * Returns the context of a session, or empty if the session does not exist.
     *
     * @throws DamagedRecordException if the stored context is damaged
     */
    public Optional<SessionContext> context(SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        Map<String, String> fields = new HashMap<>();
        List<String> values = text.<String, String>opsForHash().multiGet(keys.context(), CONTEXT_FIELDS);
        for (int i = 0; i < CONTEXT_FIELDS.size(); i++) {
            if (values.get(i) != null) {
                fields.put(CONTEXT_FIELDS.get(i), values.get(i));
            }
        }
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

    /** Returns true if turns of the session wait or run. This is possible even if the session has no context. */
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
                Duration.ofMillis(number(fields, "ttl")).toSeconds(),
                StoredUsage.read(fields.getOrDefault(MemoryKeys.USAGE, "")));
    }

    private static DamagedRecordException damaged(SessionKey session, Exception cause) {
        LOG.atError()
                .addKeyValue("user", session.namespace())
                .addKeyValue("session", session.sessionId())
                .log("session context is damaged");
        return new DamagedRecordException("The stored session is damaged.", null, cause);
    }

    /**
     * Returns the latest turns, oldest first, or empty if the session does not exist.
     *
     * @throws LostHistoryException if Redis lost the history
     */
    public Optional<SessionHistory> history(SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        List<String> context = text.<String, String>opsForHash().multiGet(keys.context(), List.of("ttl", "hist_bytes"));
        if (context.get(0) == null) {
            return Optional.empty();
        }
        List<byte[]> stored = Objects.requireNonNullElse(blobs.opsForList().range(keys.history(), 0, -1), List.of());
        if (stored.isEmpty() && Long.parseLong(Objects.requireNonNullElse(context.get(1), "0")) > 0) {
            throw new LostHistoryException();
        }
        List<PastTurn> turns = new ArrayList<>();
        for (byte[] blob : stored) {
            PastTurn turn = open(session, blob, PastTurn.class, "damaged turn omitted from a session's history");
            if (turn != null) {
                turns.add(turn);
            }
        }
        return Optional.of(new SessionHistory(List.copyOf(turns), stored.size() - turns.size()));
    }

    /**
     * Returns context and history of a session, or empty if the session does not exist. If the session keeps changing
     * while it is read, the two can differ by a few changes.
     *
     * <p>If the session's version changes while its context and history are read, reads both again, up to
     * {@value #MAX_READS} times in all. Then returns the last values, which may be of different versions.
     */
    public Optional<SessionSnapshot> snapshot(SessionKey session) {
        String key = new MemoryKeys(session).context();
        Optional<SessionSnapshot> snapshot = Optional.empty();
        for (int reads = 0; reads < MAX_READS; reads++) {
            String before = text.<String, String>opsForHash().get(key, "version");
            snapshot = context(session)
                    .flatMap(c -> history(session).map(h -> new SessionSnapshot(c, h, states(session))));
            if (Objects.equals(before, text.<String, String>opsForHash().get(key, "version"))) {
                return snapshot;
            }
        }
        return snapshot;
    }

    /** Returns the states of the session's agents. Omits them if their stored form is damaged. */
    private AgentStates states(SessionKey session) {
        byte[] stored = blobs.<String, byte[]>opsForHash().get(new MemoryKeys(session).context(), "states");
        if (stored == null) {
            return AgentStates.NONE;
        }
        AgentStates states = open(session, stored, AgentStates.class, "damaged states of agents omitted");
        return states == null ? AgentStates.NONE : states;
    }

    /**
     * Returns true if the session has no context, although it existed and cannot have expired.
     *
     * @param now current time, by the clock of Redis
     */
    public boolean isLost(SessionKey session, Instant now) {
        MemoryKeys keys = new MemoryKeys(session);
        if (Objects.requireNonNullElse(text.hasKey(keys.context()), false)) {
            return false;
        }
        String life = text.opsForValue().get(keys.life());
        return life != null && Long.parseLong(life.substring(0, life.indexOf(' '))) > now.toEpochMilli() + 1000;
    }

    /**
     * Returns true if a processor has found the data of a partition of the turns topic complete, or has restored it.
     */
    public boolean isRestored(String turnsTopic, int partition) {
        return Objects.requireNonNullElse(text.hasKey(MemoryKeys.lastRebuild(turnsTopic, partition)), false);
    }

    private <T> @Nullable T open(SessionKey session, byte[] blob, Class<T> type, String warning) {
        try {
            return wire.read(Checksummed.open(blob), type);
        } catch (CorruptValueException | UnreadableRecordException e) {
            LOG.atError()
                    .addKeyValue("user", session.namespace())
                    .addKeyValue("session", session.sessionId())
                    .addKeyValue("why", e.getMessage())
                    .log(warning);
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

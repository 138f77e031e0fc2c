package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionKey;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.store.Checksummed;
import io.turnlane.store.CorruptValueException;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.MemoryUnavailableException;
import io.turnlane.store.memory.DamageObserver.DamagedValue;
import io.turnlane.store.memory.SessionCache.CachedSession;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Reads stored values and verifies their checksums. A damaged value is logged, reported to the {@link DamageObserver},
 * and left out of the result. Thread-safe.
 */
record StoredValueReader(StringRedisTemplate redis, WireFormat wire, DamageObserver observer) {

    private static final Logger log = LoggerFactory.getLogger(StoredValueReader.class);

    /** Returns a session's history from its stored turns, oldest first. */
    Memory read(SessionKey session, List<byte[]> blobs) {
        List<PastTurn> turns = new ArrayList<>(blobs.size());
        for (byte[] blob : blobs) {
            PastTurn turn = open(session, blob, PastTurn.class, DamagedValue.TURN);
            if (turn != null) {
                turns.add(turn);
            }
        }
        return new Memory(turns, turns.size() < blobs.size());
    }

    /** Returns a stored answer; null if there is none or if it is damaged. */
    @Nullable
    Answer answer(SessionKey session, byte[] blob) {
        return blob.length == 0 ? null : open(session, blob, Answer.class, DamagedValue.ANSWER);
    }

    /** Returns stored states of agents; null if they are damaged. */
    @Nullable
    AgentStates states(SessionKey session, byte[] blob) {
        return blob.length == 0 ? AgentStates.NONE : open(session, blob, AgentStates.class, DamagedValue.STATES);
    }

    /**
     * Reads a session's current memory. Returns empty if the session has no memory or if the memory changed during the
     * read.
     *
     * @throws MemoryUnavailableException if Redis fails or doesn't answer
     */
    Optional<FetchedSession> fetch(SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        try {
            RedisCallback<@Nullable FetchedSession> call = connection -> fetch(session, keys, connection);
            return Optional.ofNullable(redis.execute(call));
        } catch (DataAccessException e) {
            throw RedisFailures.of("reading a session from Redis failed", e);
        }
    }

    /** A session's memory, and the time for which the session is kept without activity. */
    record FetchedSession(CachedSession entry, Duration life) {}

    private @Nullable FetchedSession fetch(SessionKey session, MemoryKeys keys, RedisConnection connection) {
        List<byte[]> context = Objects.requireNonNull(
                connection.hashCommands().hMGet(bytes(keys.context()), bytes("version"), bytes("ttl")));
        byte @Nullable [] version = context.get(0);
        byte @Nullable [] ttl = context.get(1);
        if (version == null || version.length == 0 || ttl == null) {
            return null;
        }
        List<byte[]> blobs = Objects.requireNonNull(connection.listCommands().lRange(bytes(keys.history()), 0, -1));
        // If the version has changed since the first read, the history possibly belongs to the new version.
        byte[] versionAfter = connection.hashCommands().hGet(bytes(keys.context()), bytes("version"));
        return Arrays.equals(version, versionAfter)
                ? new FetchedSession(
                        new CachedSession(text(version), read(session, blobs)),
                        Duration.ofMillis(Long.parseLong(text(ttl))))
                : null;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private <T> @Nullable T open(SessionKey session, byte[] blob, Class<T> type, DamagedValue what) {
        try {
            return wire.read(Checksummed.open(blob), type);
        } catch (CorruptValueException | UnreadableRecordException e) {
            log.atError()
                    .addKeyValue("user", session.namespace())
                    .addKeyValue("session", session.sessionId())
                    .addKeyValue("what", what)
                    .addKeyValue("why", e.getMessage())
                    .log("damaged stored value ignored");
            observer.valueDamaged(what);
            return null;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

package io.turnlane.store.memory;

import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.MemoryUnavailableException;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisClusterNode;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Finds unended requests by scanning the keys of Redis, because no index lists all sessions. The scan consists of many
 * short commands, so it doesn't block other clients of Redis. Thread-safe.
 */
public final class RedisUnendedRequests implements UnendedRequests {

    private static final Script UNENDED = FencedScripts.load("unended");
    private static final int KEYS_PER_STEP = 1000;

    private final StringRedisTemplate redis;
    private final FencedScripts scripts;

    public RedisUnendedRequests(StringRedisTemplate redis) {
        this.redis = redis;
        this.scripts = new FencedScripts(redis);
    }

    @Override
    public List<UnendedRequest> find(Predicate<SessionKey> sessions) {
        List<UnendedRequest> found = new ArrayList<>();
        for (SessionKey session : sessions()) {
            if (sessions.test(session)) {
                addUnended(session, found);
            }
        }
        return found;
    }

    /** Returns the sessions that have request records. The result is a set, because a scan can return a key twice. */
    private Set<SessionKey> sessions() {
        ScanOptions options = ScanOptions.scanOptions()
                .match(MemoryKeys.requestIdsPattern())
                .count(KEYS_PER_STEP)
                .build();
        Set<SessionKey> sessions = new LinkedHashSet<>();
        try {
            redis.execute((RedisCallback<Boolean>) connection -> {
                if (connection instanceof RedisClusterConnection cluster) {
                    for (RedisClusterNode node : cluster.clusterGetNodes()) {
                        if (node.isMaster() && !node.isMarkedAsFail()) {
                            collect(cluster.scan(node, options), sessions);
                        }
                    }
                } else {
                    collect(scan(connection, options), sessions);
                }
                return true;
            });
        } catch (DataAccessException e) {
            throw new MemoryUnavailableException("the scan of the sessions in Redis failed", e);
        }
        return sessions;
    }

    private static Cursor<byte[]> scan(RedisConnection connection, ScanOptions options) {
        return connection.keyCommands().scan(options);
    }

    private static void collect(Cursor<byte[]> keys, Set<SessionKey> into) {
        try (keys) {
            keys.forEachRemaining(key -> MemoryKeys.sessionOf(new String(key, StandardCharsets.UTF_8))
                    .ifPresent(into::add));
        }
    }

    private void addUnended(SessionKey session, List<UnendedRequest> into) {
        MemoryKeys keys = new MemoryKeys(session);
        Reply reply = scripts.run(UNENDED, List.of(keys.requestIds()), keys.requestPrefix());
        for (int i = 1; i < reply.size(); i += 3) {
            into.add(new UnendedRequest(
                    session, reply.requestId(i), reply.text(i + 1), Instant.ofEpochMilli(reply.wholeNumber(i + 2))));
        }
    }
}

package io.turnlane.store;

import io.turnlane.model.SessionKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisClusterNode;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Finds sessions by scanning the keys of Redis, because no index lists the sessions of all users. A scan consists of
 * many short commands, so it does not block other clients of Redis. Methods throw a data access exception if Redis is
 * unavailable. Thread-safe.
 */
public record KeyScan(StringRedisTemplate redis) {

    private static final int KEYS_PER_STEP = 1000;
    private static final int SESSIONS_PER_GROUP = 200;

    /**
     * Passes the sessions that have a key of this pattern to the visitor, in groups. A scan can find a session twice if
     * keys are added or removed meanwhile. It finds each session whose key exists the whole time.
     *
     * @param pattern glob pattern of the keys
     * @param visitor returns false to stop the scan
     * @return true if the visitor has seen all sessions; false if it stopped the scan
     */
    public boolean forEach(String pattern, Predicate<List<SessionKey>> visitor) {
        ScanOptions options =
                ScanOptions.scanOptions().match(pattern).count(KEYS_PER_STEP).build();
        Boolean complete = redis.execute((RedisCallback<Boolean>) connection -> {
            if (!(connection instanceof RedisClusterConnection cluster)) {
                return visit(scan(connection, options), visitor);
            }
            for (RedisClusterNode node : cluster.clusterGetNodes()) {
                if (node.isMaster() && !node.isMarkedAsFail() && !visit(cluster.scan(node, options), visitor)) {
                    return false;
                }
            }
            return true;
        });
        return Boolean.TRUE.equals(complete);
    }

    private static Cursor<byte[]> scan(RedisConnection connection, ScanOptions options) {
        return connection.keyCommands().scan(options);
    }

    private static boolean visit(Cursor<byte[]> found, Predicate<List<SessionKey>> visitor) {
        try (found) {
            Set<SessionKey> group = new LinkedHashSet<>();
            while (found.hasNext()) {
                MemoryKeys.sessionOf(new String(found.next(), StandardCharsets.UTF_8))
                        .ifPresent(group::add);
                if (group.size() == SESSIONS_PER_GROUP) {
                    if (!visitor.test(List.copyOf(group))) {
                        return false;
                    }
                    group.clear();
                }
            }
            return group.isEmpty() || visitor.test(new ArrayList<>(group));
        }
    }
}

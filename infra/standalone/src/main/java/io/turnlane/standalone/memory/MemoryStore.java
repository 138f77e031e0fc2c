package io.turnlane.standalone.memory;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.turnlane.model.MemoryKeys;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.rebuild.RebuildReport;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What Redis tells of rebuilds, be it one server or a cluster. For one thread. */
public final class MemoryStore implements AutoCloseable {

    private final AbstractRedisClient client;
    private final RedisClusterCommands<String, String> redis; // those of one server are these and more
    private final String turnsTopic;
    private final WireFormat wire = new WireFormat();

    /**
     * Connects.
     *
     * @param redisUrl of a server, or of any node of a cluster: it says itself which of the two it is
     * @throws io.lettuce.core.RedisException where Redis doesn't answer
     */
    public MemoryStore(String redisUrl, String turnsTopic) {
        RedisURI uri = RedisURI.create(redisUrl);
        RedisClient one = RedisClient.create(uri);
        RedisCommands<String, String> asked = one.connect().sync();
        if (asked.info("cluster").contains("cluster_enabled:1")) {
            one.close();
            RedisClusterClient all = RedisClusterClient.create(uri);
            this.client = all;
            this.redis = all.connect().sync();
        } else {
            this.client = one;
            this.redis = asked;
        }
        this.turnsTopic = turnsTopic;
    }

    /** Nobody knows any more that the partition's memory is whole: its owner finds that out and rebuilds it. */
    public void doubt(int partition) {
        redis.del(MemoryKeys.lastRebuild(turnsTopic, partition));
    }

    /** What the partition's owner said last; nothing while its memory is in doubt. */
    public Optional<RebuildReport> report(int partition) {
        String json = redis.get(MemoryKeys.lastRebuild(turnsTopic, partition));
        try {
            return json == null
                    ? Optional.empty()
                    : Optional.of(wire.read(json.getBytes(StandardCharsets.UTF_8), RebuildReport.class));
        } catch (UnreadableRecordException e) {
            return Optional.empty();
        }
    }

    /** How many turns this command put back; nothing until it is done. */
    public OptionalInt restored(SessionKey session, RequestId command) {
        Map<String, String> rebuilt = redis.hgetall(new MemoryKeys(session).lastRebuild());
        return command.toString().equals(rebuilt.get("request_id"))
                ? OptionalInt.of(Integer.parseInt(rebuilt.getOrDefault("turns", "0")))
                : OptionalInt.empty();
    }

    /** Whether memory holds anything of the session, be it that it was erased. */
    public boolean knows(SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        return redis.exists(keys.context(), keys.history(), keys.requestIds(), keys.tombstone()) > 0;
    }

    @Override
    public void close() {
        client.close(); // with its connections
    }
}

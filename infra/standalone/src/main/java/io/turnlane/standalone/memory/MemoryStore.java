package io.turnlane.standalone.memory;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.model.redis.RedisAddress;
import io.turnlane.model.redis.RedisTls;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.loss.RebuildReport;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Requests rebuilds of memory and reads their results. Requests and results are values in Redis that the processors
 * read and write. Redis can be a single server or a cluster. Not thread-safe.
 */
public final class MemoryStore implements AutoCloseable {

    private final AbstractRedisClient client;
    private final RedisClusterCommands<String, String> redis; // a single server supports these commands too
    private final String turnsTopic;
    private final WireFormat wire = new WireFormat();

    /**
     * Connects to Redis, and detects if it is a cluster.
     *
     * @param redisUrl URL of a server, or of any node of a cluster
     * @param tls files for TLS connections
     * @throws IllegalStateException if the URL is invalid
     * @throws io.lettuce.core.RedisException if Redis does not answer
     */
    public MemoryStore(String redisUrl, RedisTls tls, String turnsTopic) {
        RedisAddress.requireValid(redisUrl);
        RedisURI uri = RedisURI.create(redisUrl);
        RedisClient single = RedisClient.create(uri);
        single.setOptions(ClientOptions.builder().sslOptions(sslOptions(tls)).build());
        RedisCommands<String, String> commands = single.connect().sync();
        if (commands.info("cluster").contains("cluster_enabled:1")) {
            single.close();
            RedisClusterClient cluster = RedisClusterClient.create(uri);
            cluster.setOptions(
                    ClusterClientOptions.builder().sslOptions(sslOptions(tls)).build());
            this.client = cluster;
            this.redis = cluster.connect().sync();
        } else {
            this.client = single;
            this.redis = commands;
        }
        this.turnsTopic = turnsTopic;
    }

    private static SslOptions sslOptions(RedisTls tls) {
        SslOptions.Builder options = SslOptions.builder();
        if (tls.authority() != null) {
            options.trustManager(tls.authority().toFile());
        }
        if (tls.certificate() != null && tls.key() != null) {
            options.keyManager(tls.certificate().toFile(), tls.key().toFile(), new char[0]);
        }
        return options.build();
    }

    /** Deletes the report of the partition's last rebuild. The owner of the partition then starts a rebuild. */
    public void requestRebuild(int partition) {
        redis.del(MemoryKeys.lastRebuild(turnsTopic, partition));
    }

    /** Returns the report of the partition's last rebuild; empty if a requested rebuild is not finished. */
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

    /**
     * Returns the number of turns that a processor restored for this command; empty until the processor has finished
     * the command.
     */
    public OptionalInt restored(SessionKey session, RequestId command) {
        Map<String, String> rebuilt = redis.hgetall(new MemoryKeys(session).lastRebuild());
        return command.toString().equals(rebuilt.get("request_id"))
                ? OptionalInt.of(Integer.parseInt(rebuilt.getOrDefault("turns", "0")))
                : OptionalInt.empty();
    }

    /** Returns true if Redis holds any data of the session, including the tombstone of a deleted session. */
    public boolean contains(SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        return redis.exists(keys.context(), keys.history(), keys.requestIds(), keys.tombstone()) > 0;
    }

    @Override
    public void close() {
        client.close(); // closes its connections too
    }
}

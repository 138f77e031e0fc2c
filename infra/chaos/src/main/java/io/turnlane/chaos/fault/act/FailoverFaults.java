package io.turnlane.chaos.fault.act;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.turnlane.backends.Backends;
import io.turnlane.backends.DataFolder;
import io.turnlane.chaos.rig.Rig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Failovers between the rig's Redis and a second Redis that replicates it. The old master becomes a read-only replica
 * and keeps its connections. It answers, but rejects writes. No data is lost, because the command {@code FAILOVER}
 * waits until the replica has all writes.
 *
 * <p>Not thread-safe. The driver's thread calls all methods. Another thread can call those that heal a fault, and the
 * driver waits for it.
 */
public final class FailoverFaults {

    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final int POLL_MILLIS = 20;
    private static final String LOOPBACK = "127.0.0.1";

    private final Rig rig;
    private @Nullable Standby standby;
    private boolean failedOver;

    /** Second Redis, with the password of the first one. */
    private record Standby(DataFolder folder, Backends backends) {
        int port() {
            return URI.create(backends.redisUrl()).getPort();
        }
    }

    public FailoverFaults(Rig rig) {
        this.rig = rig;
    }

    /** Makes the master a replica. All connections, also new ones, still lead to it. */
    public void demoteMaster() throws IOException, InterruptedException {
        Standby other = standby == null ? startStandby() : standby;
        standby = other;
        int from = failedOver ? other.port() : rigPort();
        int to = failedOver ? rigPort() : other.port();
        with(to, redis -> redis.replicaof(LOOPBACK, from));
        await(from, redis -> redis.info("replication").contains("port=" + to + ",state=online"));
        with(
                from,
                redis -> failover(
                        redis,
                        new CommandArgs<>(StringCodec.UTF8)
                                .add("TO")
                                .add(LOOPBACK)
                                .add(to)));
        await(from, FailoverFaults::isReplica);
        failedOver = !failedOver;
    }

    /** Directs new connections to the new master. */
    public void completeFailover() {
        rig.network().redirectRedisTo(failedOver ? requireStandby().port() : rigPort());
    }

    /** Makes the rig's own Redis the master again if it is not, and stops the second Redis. */
    public void undo() throws IOException, InterruptedException {
        Standby other = standby;
        if (other == null) {
            return;
        }
        // A failover that exceeded the limit may still be in progress, and may end later.
        with(rigPort(), FailoverFaults::abortFailover);
        with(other.port(), FailoverFaults::abortFailover);
        with(rigPort(), redis -> failedOver = isReplica(redis));
        if (failedOver) {
            demoteMaster();
        }
        completeFailover();
        with(rigPort(), RedisCommands::replicaofNoOne);
        other.backends().close();
        other.folder().close();
        standby = null;
    }

    private Standby startStandby() throws IOException, InterruptedException {
        DataFolder folder = DataFolder.claim(rig.settings().folder().resolve("standby"));
        try {
            return new Standby(folder, launchStandby(folder));
        } catch (IOException | InterruptedException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private Backends launchStandby(DataFolder folder) throws IOException, InterruptedException {
        Backends backends =
                Backends.on(folder, new Backends.BackendOptions(Optional.of("not used"), Optional.empty(), 0, 0, 0));
        rig.closesLater(backends);
        try {
            backends.launch();
            with(RedisURI.create(backends.redisUrl()), redis -> {
                redis.configSet("masterauth", password());
                redis.configSet("repl-diskless-sync-delay", "0");
                redis.configSet("requirepass", password());
            });
            with(rigPort(), redis -> {
                redis.configSet("masterauth", password());
                redis.configSet("repl-diskless-sync-delay", "0");
            });
            return backends;
        } catch (IOException | InterruptedException | RuntimeException e) {
            backends.close();
            throw e;
        }
    }

    private static boolean isReplica(RedisCommands<String, String> redis) {
        return redis.info("replication").contains("role:slave");
    }

    private static void abortFailover(RedisCommands<String, String> redis) {
        try {
            failover(redis, new CommandArgs<>(StringCodec.UTF8).add("ABORT"));
        } catch (RedisCommandExecutionException _) {
            // No failover is in progress.
        }
    }

    private static void failover(RedisCommands<String, String> redis, CommandArgs<String, String> arguments) {
        redis.dispatch(keyword("FAILOVER"), new StatusOutput<>(StringCodec.UTF8), arguments);
    }

    private Standby requireStandby() {
        if (standby == null) {
            throw new IllegalStateException("there is no second Redis");
        }
        return standby;
    }

    private int rigPort() {
        return URI.create(rig.redisUrl()).getPort();
    }

    private String password() {
        return URI.create(rig.redisUrl()).getUserInfo().substring(1);
    }

    private static ProtocolKeyword keyword(String name) {
        return new ProtocolKeyword() {
            @Override
            public byte[] getBytes() {
                return name.getBytes(StandardCharsets.US_ASCII);
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    private void await(int port, Predicate<RedisCommands<String, String>> condition) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        boolean[] met = {false};
        while (!met[0]) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the failover was not done within " + LIMIT.toSeconds() + " s");
            }
            with(port, redis -> met[0] = condition.test(redis));
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void with(int port, Consumer<RedisCommands<String, String>> commands) {
        with(RedisURI.create(rig.redisUrl().replace(":" + rigPort(), ":" + port)), commands);
    }

    private static void with(RedisURI address, Consumer<RedisCommands<String, String>> commands) {
        RedisClient client = RedisClient.create(address);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            commands.accept(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }
}

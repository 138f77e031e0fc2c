package io.turnlane.backends;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Processes and addresses of a data folder, stored in {@code run.json}.
 *
 * @param owner process that holds the folder
 * @param address {@code http://host:port} of the gateway; null if the owner has no gateway, or if the gateway does not
 *     listen yet
 * @param kafkaBootstrapServers {@code host:port}, comma-separated
 * @param redisUrl {@code redis://:password@host:port}
 * @param broker embedded broker; null if an external cluster is used
 * @param redis embedded Redis; null if an external Redis is used
 */
public record RunState(
        ProcessId owner,
        @Nullable String address,
        String kafkaBootstrapServers,
        String redisUrl,
        @Nullable EmbeddedBroker broker,
        @Nullable EmbeddedRedis redis) {

    /**
     * Embedded broker.
     *
     * @param password password of its clients; null in a file that an older version wrote
     * @param process null until it is started
     */
    public record EmbeddedBroker(
            int port,
            int controllerPort,
            @Nullable String password,
            @Nullable ProcessId process) {
        EmbeddedBroker with(ProcessId launched) {
            return new EmbeddedBroker(port, controllerPort, password, launched);
        }

        String bootstrapServers() {
            return "127.0.0.1:" + port;
        }

        @Override
        public String toString() {
            return "EmbeddedBroker[port=" + port + ", process=" + process + "]";
        }
    }

    /**
     * Embedded Redis.
     *
     * @param process null until it is started
     */
    public record EmbeddedRedis(
            int port, String password, @Nullable ProcessId process) {
        EmbeddedRedis with(ProcessId launched) {
            return new EmbeddedRedis(port, password, launched);
        }

        /** Returns the memory that Redis reports; empty if Redis does not answer. */
        public Optional<RedisMemory> memory() {
            return RedisProbe.memory(port, password);
        }

        String url() {
            return "redis://:" + password + "@127.0.0.1:" + port;
        }

        @Override
        public String toString() {
            return "EmbeddedRedis[port=" + port + ", process=" + process + "]";
        }
    }

    /**
     * Memory of the embedded Redis.
     *
     * @param used bytes that the data and the buffers of Redis use
     * @param limit bytes above which Redis rejects writes
     */
    public record RedisMemory(long used, long limit) {}

    /** Returns true if the owner is still running. */
    public boolean alive() {
        return owner.find().isPresent();
    }

    RunState withAddress(String listening) {
        return new RunState(owner, listening, kafkaBootstrapServers, redisUrl, broker, redis);
    }

    RunState withBroker(@Nullable EmbeddedBroker changed) {
        return new RunState(owner, address, kafkaBootstrapServers, redisUrl, changed, redis);
    }

    RunState withRedis(@Nullable EmbeddedRedis changed) {
        return new RunState(owner, address, kafkaBootstrapServers, redisUrl, broker, changed);
    }

    /**
     * Returns the settings that a Kafka client needs in addition to the address: the login of the embedded broker.
     * Returns an empty map if an external cluster is used.
     */
    public Map<String, String> kafkaClientSettings() {
        return broker == null || broker.password() == null
                ? Map.of()
                : new BrokerLogin(broker.password()).clientSettings();
    }

    /** Omits the passwords. */
    @Override
    public String toString() {
        return "RunState[owner=" + owner + ", address=" + address + ", broker=" + broker + ", redis=" + redis + "]";
    }
}

package io.turnlane.backends;

import org.jspecify.annotations.Nullable;

/**
 * Processes and addresses of a data folder, stored in {@code run.json}.
 *
 * @param owner process that holds the folder
 * @param address {@code http://host:port} of the gateway; null if this process has no gateway, or if the gateway does
 *     not listen yet
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
     * @param process null until it is started
     */
    public record EmbeddedBroker(
            int port, int controllerPort, @Nullable ProcessId process) {
        EmbeddedBroker with(ProcessId launched) {
            return new EmbeddedBroker(port, controllerPort, launched);
        }

        String bootstrapServers() {
            return "127.0.0.1:" + port;
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

        String url() {
            return "redis://:" + password + "@127.0.0.1:" + port;
        }

        @Override
        public String toString() {
            return "EmbeddedRedis[port=" + port + ", process=" + process + "]";
        }
    }

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

    /** Omits the password. */
    @Override
    public String toString() {
        return "RunState[owner=" + owner + ", address=" + address + ", broker=" + broker + ", redis=" + redis + "]";
    }
}

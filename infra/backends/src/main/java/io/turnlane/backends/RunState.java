package io.turnlane.backends;

import org.jspecify.annotations.Nullable;

/**
 * What runs on a data folder, as {@code run.json} says.
 *
 * @param owner the process that holds the folder
 * @param address where the gateway listens, {@code http://host:port}; null until it does, or where there is none
 * @param kafkaBootstrapServers {@code host:port}, comma-separated
 * @param redisUrl {@code redis://:password@host:port}
 * @param broker the embedded broker; null where one from outside is used
 * @param redis the embedded Redis; null where one from outside is used
 */
public record RunState(
        ProcessId owner,
        @Nullable String address,
        String kafkaBootstrapServers,
        String redisUrl,
        @Nullable EmbeddedBroker broker,
        @Nullable EmbeddedRedis redis) {

    /** @param process null until it has been launched */
    public record EmbeddedBroker(
            int port, int controllerPort, @Nullable ProcessId process) {
        EmbeddedBroker with(ProcessId launched) {
            return new EmbeddedBroker(port, controllerPort, launched);
        }

        String bootstrapServers() {
            return "127.0.0.1:" + port;
        }
    }

    /** @param process null until it has been launched */
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

    /** Whether the owner still runs. */
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

    /** Leaves the password out. */
    @Override
    public String toString() {
        return "RunState[owner=" + owner + ", address=" + address + ", broker=" + broker + ", redis=" + redis + "]";
    }
}

package io.turnlane.standalone.run;

import io.turnlane.backends.DataFolder;
import io.turnlane.backends.RunState;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where a gateway or processor finds its backends.
 *
 * @param kafkaBootstrapServers {@code host:port}, comma-separated
 * @param redisUrl as {@code redis://:password@host:port}
 */
public record BackendAddresses(String kafkaBootstrapServers, String redisUrl) {

    public static final String KAFKA = "KAFKA_BOOTSTRAP_SERVERS";
    public static final String REDIS = "REDIS_URL";

    /** The environment's where it names them, else those that run on the data folder; nothing where neither is. */
    public static Optional<BackendAddresses> find(Map<String, String> environment, Path data) {
        Optional<RunState> embedded = DataFolder.read(data).filter(RunState::alive);
        Optional<String> kafka = named(environment, KAFKA).or(() -> embedded.map(RunState::kafkaBootstrapServers));
        Optional<String> redis = named(environment, REDIS).or(() -> embedded.map(RunState::redisUrl));
        return kafka.flatMap(k -> redis.map(r -> new BackendAddresses(k, r)));
    }

    /** A variable that is set to something. */
    public static Optional<String> named(Map<String, String> environment, String variable) {
        return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isBlank());
    }

    /** Leaves the password out. */
    @Override
    public String toString() {
        return "kafka " + kafkaBootstrapServers + ", redis " + withoutPassword(redisUrl);
    }

    /** {@code host:port} of a Redis URL. */
    public static String withoutPassword(String redisUrl) {
        return redisUrl.replaceFirst("^rediss?://(.*@)?", "");
    }
}

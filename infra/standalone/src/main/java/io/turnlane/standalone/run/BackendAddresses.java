package io.turnlane.standalone.run;

import io.turnlane.backends.DataFolder;
import io.turnlane.backends.RunState;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Addresses of the backends of a gateway or processor.
 *
 * @param kafkaBootstrapServers {@code host:port}, comma-separated
 * @param redisUrl for example {@code redis://:password@host:port}
 */
public record BackendAddresses(String kafkaBootstrapServers, String redisUrl) {

    public static final String KAFKA = "KAFKA_BOOTSTRAP_SERVERS";
    public static final String REDIS = "REDIS_URL";

    /**
     * Returns the addresses of the backends. An address comes from the environment or, if it is not set there, from the
     * backends that run on the data folder. Returns empty if one of the addresses is in neither place.
     */
    public static Optional<BackendAddresses> find(Map<String, String> environment, Path data) {
        Optional<String> redis =
                named(environment, REDIS).or(() -> running(data).map(RunState::redisUrl));
        return findKafka(environment, data).flatMap(k -> redis.map(r -> new BackendAddresses(k, r)));
    }

    /** Returns the address of Kafka alone, for commands that do not use Redis; empty as {@link #find}. */
    public static Optional<String> findKafka(Map<String, String> environment, Path data) {
        return named(environment, KAFKA).or(() -> running(data).map(RunState::kafkaBootstrapServers));
    }

    private static Optional<RunState> running(Path data) {
        return DataFolder.read(data).filter(RunState::alive);
    }

    /** Returns the value of a variable; empty if it is not set, or blank. */
    public static Optional<String> named(Map<String, String> environment, String variable) {
        return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isBlank());
    }

    /** Omits the password. */
    @Override
    public String toString() {
        return "kafka " + kafkaBootstrapServers + ", redis " + withoutPassword(redisUrl);
    }

    /** Returns a Redis URL without scheme, user and password. */
    public static String withoutPassword(String redisUrl) {
        return redisUrl.replaceFirst("^rediss?://(.*@)?", "");
    }
}

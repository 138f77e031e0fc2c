package io.turnlane.standalone.run;

import io.turnlane.backends.Backends;
import io.turnlane.backends.DataFolder;
import io.turnlane.backends.RunState;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Addresses of the backends of a gateway or processor.
 *
 * @param kafka address of Kafka
 * @param redisUrl for example {@code redis://:password@host:port}
 */
public record BackendAddresses(KafkaAddress kafka, String redisUrl) {

    public static final String KAFKA = "KAFKA_BOOTSTRAP_SERVERS";
    public static final String REDIS = "REDIS_URL";

    /** Returns the addresses of backends that this process started. */
    public static BackendAddresses of(Backends backends) {
        return new BackendAddresses(KafkaAddress.of(backends), backends.redisUrl());
    }

    /**
     * Returns the addresses of Kafka and Redis: each from the environment if it is set there, otherwise from the
     * backends that run on the data folder. Returns empty if an address is in neither place.
     */
    public static Optional<BackendAddresses> find(Map<String, String> environment, Path data) {
        Optional<String> redis = named(environment, REDIS)
                .or(() -> DataFolder.read(data).filter(RunState::alive).map(RunState::redisUrl));
        return KafkaAddress.find(environment, data).flatMap(k -> redis.map(r -> new BackendAddresses(k, r)));
    }

    /** Returns the value of a variable; empty if it is not set, or blank. */
    public static Optional<String> named(Map<String, String> environment, String variable) {
        return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isBlank());
    }

    /** Omits the passwords. */
    @Override
    public String toString() {
        return "kafka " + kafka + ", redis " + withoutPassword(redisUrl);
    }

    /** Returns a Redis URL without scheme, user and password. */
    public static String withoutPassword(String redisUrl) {
        return redisUrl.replaceFirst("^[^/]*//", "").replaceFirst("^.*@", "");
    }
}

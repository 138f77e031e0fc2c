package io.turnlane.standalone.run;

import io.turnlane.backends.Backends;
import io.turnlane.backends.DataFolder;
import io.turnlane.backends.RunState;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Address of a Kafka cluster.
 *
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param login settings with which clients log in to the embedded broker; empty for other clusters
 */
public record KafkaAddress(String bootstrapServers, Map<String, String> login) {

    public KafkaAddress {
        login = Map.copyOf(login);
    }

    /** Returns the address of backends that this process started. */
    public static KafkaAddress of(Backends backends) {
        return new KafkaAddress(backends.bootstrapServers(), backends.kafkaClientSettings());
    }

    /**
     * Returns the address that the environment names, otherwise that of the Kafka running on the data folder; empty if
     * there is neither. If the environment names the folder's embedded broker, the result contains its login, too.
     */
    public static Optional<KafkaAddress> find(Map<String, String> environment, Path data) {
        Optional<KafkaAddress> named =
                BackendAddresses.named(environment, BackendAddresses.KAFKA).map(KafkaAddress::withoutLogin);
        if (named.isEmpty()) {
            return running(data);
        }
        try {
            return running(data)
                    .filter(own -> own.bootstrapServers.equals(named.get().bootstrapServers))
                    .or(() -> named);
        } catch (UncheckedIOException folderOfAnotherAccount) { // its broker is not the one that is named
            return named;
        }
    }

    private static Optional<KafkaAddress> running(Path data) {
        return DataFolder.read(data)
                .filter(RunState::alive)
                .map(state -> new KafkaAddress(state.kafkaBootstrapServers(), state.kafkaClientSettings()));
    }

    private static KafkaAddress withoutLogin(String bootstrapServers) {
        return new KafkaAddress(bootstrapServers, Map.of());
    }

    /** Returns the address and the login as properties of a gateway or processor. */
    Map<String, String> springProperties() {
        Map<String, String> all = new HashMap<>();
        all.put("spring.kafka.bootstrap-servers", bootstrapServers);
        login.forEach((name, value) -> all.put("spring.kafka.properties." + name, value));
        return all;
    }

    /** Omits the login. */
    @Override
    public String toString() {
        return bootstrapServers;
    }
}

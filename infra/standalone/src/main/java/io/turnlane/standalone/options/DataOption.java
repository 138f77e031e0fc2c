package io.turnlane.standalone.options;

import io.turnlane.standalone.run.BackendAddresses;
import io.turnlane.standalone.run.KafkaAddress;
import io.turnlane.standalone.terminal.CommandFailedException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Option that names the data folder of a command. */
public final class DataOption {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data folder. Default: $TURNLANE_DATA, otherwise data/ beside the turnlane script.")
    private Path given = defaultFolder(System.getenv());

    /** Returns the absolute path of the data folder. */
    public Path path() {
        return given.toAbsolutePath().normalize();
    }

    /**
     * Returns the Kafka that is named in the environment, otherwise the Kafka of this data folder.
     *
     * @throws CommandFailedException if there is none
     */
    public KafkaAddress kafka() {
        return KafkaAddress.find(System.getenv(), path()).orElseThrow(() -> missing("Kafka", BackendAddresses.KAFKA));
    }

    /**
     * Returns the Kafka and the Redis that are named in the environment, otherwise those of this data folder.
     *
     * @throws CommandFailedException if Kafka or Redis is in neither place
     */
    public BackendAddresses backends() {
        return backends(System.getenv());
    }

    BackendAddresses backends(Map<String, String> environment) {
        return BackendAddresses.find(environment, path()).orElseThrow(() -> {
            boolean hasKafka = KafkaAddress.find(environment, path()).isPresent();
            if (hasKafka) {
                return missing("Redis", BackendAddresses.REDIS);
            }
            if (BackendAddresses.named(environment, BackendAddresses.REDIS).isPresent()) {
                return missing("Kafka", BackendAddresses.KAFKA);
            }
            return new CommandFailedException("No Kafka and no Redis: none runs on the data folder " + path()
                    + ", and KAFKA_BOOTSTRAP_SERVERS and REDIS_URL are not set. Start both: ./turnlane up or"
                    + " ./turnlane backends, or set both variables.");
        });
    }

    private CommandFailedException missing(String server, String variable) {
        return new CommandFailedException(("No %s: none runs on the data folder %s, and %s is not set."
                        + " Start it: ./turnlane up or ./turnlane backends, or set %s.")
                .formatted(server, path(), variable, variable));
    }

    private static Path defaultFolder(Map<String, String> environment) {
        String named = environment.getOrDefault("TURNLANE_DATA", "");
        return named.isBlank() ? Path.of(environment.getOrDefault("TURNLANE_HOME", "."), "data") : Path.of(named);
    }
}

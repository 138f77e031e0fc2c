package io.turnlane.standalone;

import io.turnlane.standalone.run.KafkaAddress;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Option that names the data folder of a command. */
final class DataOption {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data folder. Default: $TURNLANE_DATA, otherwise data/ beside the turnlane script.")
    private Path given = defaultFolder(System.getenv());

    Path path() {
        return given.toAbsolutePath().normalize();
    }

    /**
     * Returns the Kafka that is named in the environment, otherwise the Kafka of this data folder.
     *
     * @throws CommandFailedException if there is none
     */
    KafkaAddress kafka() {
        return KafkaAddress.find(System.getenv(), path())
                .orElseThrow(() -> new CommandFailedException(
                        "Kafka is not running here. Start it: ./turnlane up," + " or set KAFKA_BOOTSTRAP_SERVERS."));
    }

    static Path defaultFolder(Map<String, String> environment) {
        String named = environment.getOrDefault("TURNLANE_DATA", "");
        return named.isBlank() ? Path.of(environment.getOrDefault("TURNLANE_HOME", "."), "data") : Path.of(named);
    }
}

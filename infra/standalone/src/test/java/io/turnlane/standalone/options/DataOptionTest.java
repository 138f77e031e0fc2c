package io.turnlane.standalone.options;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.standalone.terminal.CommandFailedException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DataOptionTest {

    @TempDir
    private Path folder;

    private void assertMissing(Map<String, String> environment, String message) {
        DataOption option = new DataOption();
        CommandLine.populateCommand(option, "--data", folder.toString());
        assertThatThrownBy(() -> option.backends(environment))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void namesTheBackendThatIsMissing() {
        String folderOnly = "none runs on the data folder " + folder;
        assertMissing(
                Map.of("KAFKA_BOOTSTRAP_SERVERS", "k:9092"),
                "No Redis: " + folderOnly + ", and REDIS_URL is not set. Start it: ");
        assertMissing(
                Map.of("REDIS_URL", "redis://r"),
                "No Kafka: " + folderOnly + ", and KAFKA_BOOTSTRAP_SERVERS is not set. Start it: ");
        assertMissing(
                Map.of(),
                "No Kafka and no Redis: " + folderOnly + ", and KAFKA_BOOTSTRAP_SERVERS and REDIS_URL are not set.");
    }
}

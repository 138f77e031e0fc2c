package io.turnlane.standalone.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendAddressesTest {

    @TempDir
    Path data;

    private void runJson(long pid) throws Exception {
        String started =
                ProcessHandle.current().info().startInstant().orElseThrow().toString();
        Files.writeString(data.resolve("run.json"), """
                {"owner": {"pid": %d, "started": "%s"}, "address": null,
                 "kafka_bootstrap_servers": "127.0.0.1:1", "redis_url": "redis://:secret@127.0.0.1:2",
                 "broker": null, "redis": null}""".formatted(pid, started));
    }

    @Test
    void prefersTheAddressesInTheEnvironment() throws Exception {
        runJson(ProcessHandle.current().pid());
        assertThat(BackendAddresses.find(Map.of("KAFKA_BOOTSTRAP_SERVERS", "k:9092", "REDIS_URL", "redis://r"), data))
                .contains(new BackendAddresses("k:9092", "redis://r"));
        assertThat(BackendAddresses.find(Map.of("REDIS_URL", "redis://r"), data))
                .contains(new BackendAddresses("127.0.0.1:1", "redis://r"));
    }

    @Test
    void otherwiseUsesTheBackendsOfTheDataFolder() throws Exception {
        assertThat(BackendAddresses.find(Map.of("REDIS_URL", " "), data)).isEmpty();
        runJson(ProcessHandle.current().pid());
        assertThat(BackendAddresses.find(Map.of(), data))
                .contains(new BackendAddresses("127.0.0.1:1", "redis://:secret@127.0.0.1:2"));
        runJson(ProcessHandle.current().pid() + 1_000_000_000L);
        assertThat(BackendAddresses.find(Map.of(), data))
                .as("after the run has ended")
                .isEmpty();
    }

    @Test
    void findsKafkaWithoutRedis() throws Exception {
        assertThat(BackendAddresses.findKafka(Map.of("KAFKA_BOOTSTRAP_SERVERS", "k:9092"), data))
                .contains("k:9092");
        assertThat(BackendAddresses.findKafka(Map.of(), data)).isEmpty();
        runJson(ProcessHandle.current().pid());
        assertThat(BackendAddresses.findKafka(Map.of(), data)).contains("127.0.0.1:1");
    }

    @Test
    void printsNoPassword() {
        assertThat(new BackendAddresses("k", "redis://:secret@h:1")).hasToString("kafka k, redis h:1");
    }
}

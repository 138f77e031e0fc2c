package io.turnlane.standalone.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendAddressesTest {

    private static final Map<String, String> LOGIN = Map.of(
            "security.protocol", "SASL_PLAINTEXT",
            "sasl.mechanism", "PLAIN",
            "sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required"
                            + " username=\"turnlane\" password=\"hidden\";");

    private static final KafkaAddress EMBEDDED = new KafkaAddress("127.0.0.1:1", LOGIN);

    @TempDir
    Path data;

    private void runJson(long pid) throws Exception {
        String started =
                ProcessHandle.current().info().startInstant().orElseThrow().toString();
        Files.writeString(data.resolve("run.json"), """
                {"owner": {"pid": %d, "started": "%s"}, "address": null,
                 "kafka_bootstrap_servers": "127.0.0.1:1", "redis_url": "redis://:secret@127.0.0.1:2",
                 "broker": {"port": 1, "controller_port": 3, "password": "hidden", "process": null},
                 "redis": null}""".formatted(pid, started));
    }

    @Test
    void prefersTheAddressesInTheEnvironment() throws Exception {
        runJson(ProcessHandle.current().pid());
        assertThat(BackendAddresses.find(Map.of("KAFKA_BOOTSTRAP_SERVERS", "k:9092", "REDIS_URL", "redis://r"), data))
                .contains(new BackendAddresses(new KafkaAddress("k:9092", Map.of()), "redis://r"));
        assertThat(BackendAddresses.find(Map.of("REDIS_URL", "redis://r"), data))
                .contains(new BackendAddresses(EMBEDDED, "redis://r"));
        assertThat(BackendAddresses.find(
                        Map.of("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1", "REDIS_URL", "redis://r"), data))
                .as("with the login of the embedded broker, if the environment names it")
                .contains(new BackendAddresses(EMBEDDED, "redis://r"));
    }

    @Test
    void otherwiseUsesTheBackendsOfTheDataFolder() throws Exception {
        assertThat(BackendAddresses.find(Map.of("REDIS_URL", " "), data)).isEmpty();
        runJson(ProcessHandle.current().pid());
        assertThat(BackendAddresses.find(Map.of(), data))
                .contains(new BackendAddresses(EMBEDDED, "redis://:secret@127.0.0.1:2"));
        runJson(ProcessHandle.current().pid() + 1_000_000_000L);
        assertThat(BackendAddresses.find(Map.of(), data))
                .as("after the run has ended")
                .isEmpty();
    }

    @Test
    void findsKafkaWithoutRedis() throws Exception {
        assertThat(KafkaAddress.find(Map.of("KAFKA_BOOTSTRAP_SERVERS", "k:9092"), data))
                .contains(new KafkaAddress("k:9092", Map.of()));
        assertThat(KafkaAddress.find(Map.of(), data)).isEmpty();
        runJson(ProcessHandle.current().pid());
        assertThat(KafkaAddress.find(Map.of(), data)).contains(EMBEDDED);
    }

    @Test
    void printsNoPassword() {
        assertThat(new BackendAddresses(new KafkaAddress("k", LOGIN), "redis://:secret@h:1"))
                .hasToString("kafka k, redis h:1");
    }
}

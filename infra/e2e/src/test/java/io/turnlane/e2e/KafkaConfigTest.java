package io.turnlane.e2e;

import static io.turnlane.backends.SecuredTestBackends.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.backends.PackedProgram;
import io.turnlane.backends.SecuredTestBackends;
import io.turnlane.backends.SecuredTestBackends.ClientAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operators' commands with a Kafka and a Redis that require TLS and passwords, using a properties file as Kafka's own
 * tools do.
 */
@Timeout(180)
class KafkaConfigTest {

    @TempDir
    private Path folder;

    /** Creates the class caches of the build if necessary. The time limit of the test does not include this time. */
    @BeforeAll
    static void createClassCaches() throws IOException, InterruptedException {
        PackedProgram.classCaches();
    }

    private record Ran(int exitCode, String out, String err) {}

    @Test
    void commandsConnectToSecuredBackends() throws Exception {
        try (SecuredTestBackends backends = SecuredTestBackends.start()) {
            Path right = backends.kafkaFile(OPERATOR, ClientAccess.RIGHT);
            Path wrong = backends.kafkaFile(OPERATOR, ClientAccess.WRONG_PASSWORD);
            Ran made = run(backends, right, "keys", "create", "--user", "alice");
            assertThat(made.exitCode()).as(made.err()).isZero();
            assertThat(made.out()).startsWith("tl_");
            Ran listed = run(backends, wrong, "keys", "list", "--kafka-config", right.toString());
            assertThat(listed.out()).as("the option precedes the variable").contains("alice");
            Ran rebuilt = run(backends, right, "memory", "rebuild");
            assertThat(rebuilt.err()).as("connected to both").contains("has no topic turnlane.turns");
            Ran refused = run(backends, wrong, "keys", "list");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err())
                    .contains("rejected the credentials")
                    .doesNotContain(SecuredTestBackends.partOfEveryPassword());
        }
    }

    /** Runs a command with the Kafka settings in this file, which an environment variable names. */
    private Ran run(SecuredTestBackends backends, Path kafka, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = PackedProgram.command();
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder program =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        program.environment().put("KAFKA_BOOTSTRAP_SERVERS", backends.bootstrapServers());
        program.environment().put("KAFKA_CONFIG_FILE", kafka.toString());
        program.environment().put("REDIS_URL", backends.redisUrl(OPERATOR, ClientAccess.RIGHT));
        program.environment()
                .put(
                        "REDIS_CA_FILE",
                        backends.redisAuthority(ClientAccess.RIGHT).toString());
        Process process = program.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("the command ends within 60 s")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ran(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}

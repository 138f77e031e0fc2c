package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.backends.PackedProgram;
import io.turnlane.backends.SaslTestBroker;
import io.turnlane.backends.TestBackends;
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

/** Operators' commands with a Kafka that requires authentication, using a properties file as Kafka's own tools do. */
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
    void commandsConnectToKafkaWithAPassword() throws Exception {
        Path right = Files.writeString(folder.resolve("right.properties"), SaslTestBroker.clientProperties(true));
        Path wrong = Files.writeString(folder.resolve("wrong.properties"), SaslTestBroker.clientProperties(false));
        try (SaslTestBroker kafka = SaslTestBroker.start()) {
            Ran made = run(kafka, "keys", "create", "--user", "alice", "--kafka-config", right.toString());
            assertThat(made.exitCode()).as(made.err()).isZero();
            assertThat(made.out()).startsWith("tl_");
            Ran listed = run(kafka, "keys", "list", "--kafka-config", right.toString());
            assertThat(listed.out()).contains("alice");
            Ran rebuilt = run(kafka, "memory", "rebuild", "--kafka-config", right.toString());
            assertThat(rebuilt.err()).as("connected and read the topics").contains("has no topic turnlane.turns");
            Ran refused = run(kafka, "keys", "list", "--kafka-config", wrong.toString());
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("rejected the credentials").doesNotContain("sesame");
        }
    }

    private Ran run(SaslTestBroker kafka, String... arguments) throws IOException, InterruptedException {
        List<String> command = PackedProgram.command();
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder program =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        program.environment().put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        program.environment().put("REDIS_URL", TestBackends.shared().redisUrl());
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

package io.turnlane.standalone.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.standalone.run.KafkaAddress;
import io.turnlane.standalone.terminal.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class KafkaOptionTest {

    @TempDir
    private Path folder;

    private static final KafkaAddress KAFKA =
            new KafkaAddress("here:9092", Map.of("security.protocol", "SASL_PLAINTEXT"));

    private static KafkaOption parsed(String... arguments) {
        KafkaOption option = new KafkaOption();
        CommandLine.populateCommand(option, arguments);
        return option;
    }

    @Test
    void usesTheFileExceptForTheAddress() throws IOException {
        Path file = Files.writeString(folder.resolve("client.properties"), """
                # the format of Kafka's own tools
                security.protocol = SSL
                ssl.truststore.location=/etc/kafka/trust.p12
                bootstrap.servers=elsewhere:9092
                """);
        assertThat(parsed("--kafka-config", file.toString()).connection(KAFKA))
                .isEqualTo(Map.of(
                        "security.protocol",
                        "SSL",
                        "ssl.truststore.location",
                        "/etc/kafka/trust.p12",
                        "bootstrap.servers",
                        "here:9092"));
        assertThat(parsed().connection(KAFKA))
                .isEqualTo(Map.of("bootstrap.servers", "here:9092", "security.protocol", "SASL_PLAINTEXT"));
    }

    @Test
    void theOptionPrecedesTheLoginAndTheLoginTheVariable() throws IOException {
        Path named = Files.writeString(
                folder.resolve("named"), "security.protocol=SSL\nssl.truststore.location=/named\nclient.id=named\n");
        Map<String, String> environment = Map.of("KAFKA_CONFIG_FILE", named.toString());
        assertThat(parsed().connection(KAFKA, environment))
                .isEqualTo(Map.of(
                        "bootstrap.servers",
                        "here:9092",
                        "security.protocol",
                        "SASL_PLAINTEXT",
                        "ssl.truststore.location",
                        "/named",
                        "client.id",
                        "named"));
        Path given = Files.writeString(folder.resolve("given"), "security.protocol=SASL_SSL\n");
        assertThat(parsed("--kafka-config", given.toString()).connection(KAFKA, environment))
                .containsEntry("security.protocol", "SASL_SSL");
        assertThatThrownBy(() -> parsed().connection(KAFKA, Map.of("KAFKA_CONFIG_FILE", "/nowhere/at-all")))
                .hasMessageContaining("KAFKA_CONFIG_FILE: cannot read /nowhere/at-all");
    }

    @Test
    void reportsAFileThatCannotBeRead() throws IOException {
        assertThatThrownBy(() -> parsed("--kafka-config", "/nowhere/at-all").properties())
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("/nowhere/at-all");
        Path broken = Files.writeString(folder.resolve("broken"), "a=\\u00zz");
        assertThatThrownBy(() -> parsed("--kafka-config", broken.toString()).properties())
                .isInstanceOf(CommandFailedException.class);
    }

    @Test
    void describesTheCauseWithoutSecrets() {
        assertThat(describe(new ExecutionException(new SaslAuthenticationException("for user x"))))
                .contains("credentials");
        assertThat(describe(new TopicAuthorizationException("turnlane.keys"))).contains("ACLs");
        assertThat(describe(new TimeoutException("60000 ms"))).contains("does not answer at here:9092");
        assertThat(describe(new KafkaException("x", new ConfigException("sasl.jaas.config", "s3cret", "no module"))))
                .contains("sasl.jaas.config")
                .doesNotContain("s3cret");
        assertThat(describe(new ConfigException("s3cret s3cret"))).doesNotContain("s3cret");
    }

    private static String describe(Throwable thrown) {
        return KafkaOption.describe(thrown, KAFKA).getMessage();
    }

    @Test
    void passesTheFileToGatewaysAndProcessors() throws IOException {
        Path file = Files.writeString(
                folder.resolve("client.properties"), "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n");
        AppOptions options = new AppOptions();
        CommandLine.populateCommand(
                options,
                "--kafka-config",
                file.toString(),
                "--set",
                "spring.kafka.properties.sasl.mechanism=SCRAM-SHA-512");
        assertThat(options.settings())
                .isEqualTo(Map.of(
                        "spring.kafka.properties.security.protocol",
                        "SASL_SSL",
                        "spring.kafka.properties.sasl.mechanism",
                        "SCRAM-SHA-512"));
    }
}

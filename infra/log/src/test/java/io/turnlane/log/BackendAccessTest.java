package io.turnlane.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

class BackendAccessTest {

    @TempDir
    private Path folder;

    /** Returns the environment of an application with these settings, after it was initialized. */
    private static ConfigurableEnvironment initialized(Map<String, String> settings) {
        GenericApplicationContext context = new GenericApplicationContext();
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", new HashMap<>(settings)));
        new BackendAccess().initialize(context);
        return context.getEnvironment();
    }

    @Test
    void usesTheFilesThatTheVariablesName() throws IOException {
        Path kafka = Files.writeString(
                folder.resolve("kafka"), "bootstrap.servers=no:1\nsecurity.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n");
        Path authority = Files.createFile(folder.resolve("ca.pem"));
        ConfigurableEnvironment environment = initialized(Map.of(
                "KAFKA_CONFIG_FILE", kafka.toString(),
                "REDIS_CA_FILE", authority.toString(),
                "spring.kafka.properties.sasl.mechanism", "SCRAM-SHA-512"));
        assertThat(environment.getProperty("spring.kafka.properties.security.protocol"))
                .isEqualTo("SASL_SSL");
        assertThat(environment.getProperty("spring.kafka.properties.sasl.mechanism"))
                .as("other settings precede the file")
                .isEqualTo("SCRAM-SHA-512");
        assertThat(environment.getProperty("spring.kafka.properties.bootstrap.servers"))
                .isNull();
        assertThat(environment.getProperty("spring.data.redis.ssl.bundle")).isEqualTo("turnlane-redis");
    }

    @Test
    void stopsTheStartIfTheAccessIsNotUsable() {
        assertThatThrownBy(() -> initialized(Map.of("KAFKA_CONFIG_FILE", "/nowhere/kafka.properties")))
                .hasMessageContaining("KAFKA_CONFIG_FILE: cannot read /nowhere/kafka.properties");
        assertThatThrownBy(() -> initialized(Map.of("spring.data.redis.url", "http://:s3cret@redis:6379")))
                .hasMessageContaining("The address of Redis is invalid")
                .message()
                .doesNotContain("s3cret");
    }
}

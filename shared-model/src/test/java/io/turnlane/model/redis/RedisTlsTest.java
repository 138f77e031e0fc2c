package io.turnlane.model.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisTlsTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void create() throws IOException {
        file = Files.createFile(folder.resolve("file.pem"));
    }

    private static RedisTls of(Map<String, String> variables) {
        return RedisTls.of(variables::get);
    }

    @Test
    void becomesABundleOfSpring() {
        assertThat(of(Map.of()).springProperties()).isEmpty();
        assertThat(of(Map.of("REDIS_CA_FILE", " ")).springProperties()).isEmpty();
        assertThat(of(Map.of("REDIS_CA_FILE", file.toString())).springProperties())
                .isEqualTo(Map.of(
                        "spring.data.redis.ssl.bundle",
                        "turnlane-redis",
                        "spring.ssl.bundle.pem.turnlane-redis.truststore.certificate",
                        file.toUri().toString()));
        String path = file.toString();
        assertThat(of(Map.of("REDIS_CA_FILE", path, "REDIS_CERT_FILE", path, "REDIS_KEY_FILE", path))
                        .springProperties())
                .containsKey("spring.ssl.bundle.pem.turnlane-redis.keystore.certificate")
                .containsKey("spring.ssl.bundle.pem.turnlane-redis.keystore.private-key");
    }

    @Test
    void rejectsFilesThatCannotBeUsed() {
        assertThatThrownBy(() -> of(Map.of("REDIS_CA_FILE", "/nowhere/ca.pem")))
                .hasMessage("REDIS_CA_FILE: cannot read /nowhere/ca.pem. Check its path and its permissions.");
        assertThatThrownBy(() -> of(Map.of("REDIS_CERT_FILE", file.toString())))
                .hasMessage("REDIS_CERT_FILE and REDIS_KEY_FILE must be set together.");
        assertThatThrownBy(() -> of(Map.of("REDIS_CA_FILE", file.toString(), "REDIS_URL", "redis://:s3cret@r:1")))
                .hasMessageContaining("does not use TLS")
                .message()
                .doesNotContain("s3cret");
        assertThat(of(Map.of("REDIS_CA_FILE", file.toString(), "REDIS_URL", "rediss://r:1"))
                        .springProperties())
                .isNotEmpty();
    }
}

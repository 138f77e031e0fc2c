package io.turnlane.processor.agent.configured;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.agent.SecretText.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretLookupTest {

    private static final Map<String, String> ENVIRONMENT =
            Map.of("KIMI_API_KEY", "k-1\n", "REDIS_URL", "redis://secret", "KIMIXAPI_KEY", "no", "EMPTY_TOKEN", " ");

    @TempDir
    private Path folder;

    @Test
    void findsOnlyAllowedVariables() {
        SecretLookup secrets = new SecretLookup(ENVIRONMENT::get, List.of("*_API_KEY", "*_TOKEN"), null);
        assertThat(secrets.apply(new Reference.Variable("KIMI_API_KEY"))).contains("k-1");
        for (String name : List.of("REDIS_URL", "KIMIXAPI_KEY", "EMPTY_TOKEN", "OTHER_TOKEN")) {
            assertThat(secrets.apply(new Reference.Variable(name))).as(name).isEmpty();
        }
        assertThat(secrets.apply(new Reference.SecretFile("KIMI_API_KEY")))
                .as("no folder")
                .isEmpty();
    }

    @Test
    void findsFilesInItsFolderOnly() throws IOException {
        Path secretFolder = Files.createDirectory(folder.resolve("secrets"));
        Files.writeString(secretFolder.resolve("token"), "t-1\n");
        Files.writeString(folder.resolve("outside"), "no");
        SecretLookup secrets = new SecretLookup(ENVIRONMENT::get, List.of(), secretFolder);
        assertThat(secrets.apply(new Reference.SecretFile("token"))).contains("t-1");
        for (String name : List.of("..", ".", "missing")) {
            assertThat(secrets.apply(new Reference.SecretFile(name))).as(name).isEmpty();
        }
    }
}

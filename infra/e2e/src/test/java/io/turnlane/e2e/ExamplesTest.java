package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.impl.driver.Driver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the examples of the documentation unchanged. */
class ExamplesTest {

    private static final Path EXAMPLES = Path.of("../../docs/examples");

    private static RunningTurnlane turnlane;

    @TempDir
    private static Path outputs;

    @BeforeAll
    static void start() {
        turnlane = RunningTurnlane.start(1);
    }

    @AfterAll
    static void stop() {
        turnlane.close();
    }

    @Test
    void theJavaClientPrintsAnAnswer() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        assertThat(run(java, "-cp", System.getProperty("java.class.path"), "Ask.java"))
                .startsWith("Impermanent loss is");
    }

    @Test
    void theJavaScriptClientPrintsAnAnswer() throws Exception {
        // The browser driver of the page tests includes Node.js.
        Driver driver = Driver.ensureDriverInstalled(Map.of(), false);

        assertThat(run(driver.createProcessBuilder().command().getFirst(), "ask.mjs"))
                .startsWith("Impermanent loss is");
    }

    /** Runs an example and returns its output. */
    private static String run(String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(command));
        line.set(line.size() - 1, EXAMPLES.resolve(line.getLast()).toString());
        line.addAll(List.of("What is impermanent loss?", turnlane.address().toString()));
        Path output = outputs.resolve("output");
        Process example = new ProcessBuilder(line)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(example.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            example.destroyForcibly();
        }
        assertThat(example.exitValue()).isZero();
        return Files.readString(output, StandardCharsets.UTF_8).strip();
    }
}

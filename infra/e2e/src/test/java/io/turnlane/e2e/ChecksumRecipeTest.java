package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.impl.driver.Driver;
import io.turnlane.model.json.CanonicalJson;
import io.turnlane.model.json.IncomingJson;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The recipes of the documentation compute the checksum of an export for every document that a gateway accepts. */
class ChecksumRecipeTest {

    private static final Path DOCUMENT = Path.of("../../docs/http-api.md");
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final String PYTHON_MAIN = """

            import sys
            for line in sys.stdin.buffer:
                print(checksum(json.loads(line)))
            """;
    private static final String JAVASCRIPT_MAIN = """

            import { readFileSync } from 'node:fs';
            for (const line of readFileSync(0, 'utf8').trimEnd().split('\\n')) console.log(checksum(JSON.parse(line)));
            """;

    @TempDir
    private Path folder;

    @Test
    void theRecipeInPythonComputesTheSameChecksums() throws Exception {
        String python = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(entry -> Path.of(entry, "python3"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse(null);
        assumeTrue(python != null, "python3 is not installed");
        checkRecipe(python, recipe("python") + PYTHON_MAIN, "recipe.py");
    }

    @Test
    void theRecipeInJavaScriptComputesTheSameChecksums() throws Exception {
        // The browser driver of the page tests includes Node.js.
        String node = Driver.ensureDriverInstalled(Map.of(), false)
                .createProcessBuilder()
                .command()
                .getFirst();
        checkRecipe(node, recipe("javascript") + JAVASCRIPT_MAIN, "recipe.mjs");
    }

    /** Returns the code that defines the function {@code checksum}. */
    private static String recipe(String language) throws IOException {
        Matcher block = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(DOCUMENT));
        while (block.find()) {
            if (block.group(1).contains("checksum(")) {
                return block.group(1);
            }
        }
        throw new AssertionError("no recipe in " + language);
    }

    private void checkRecipe(String interpreter, String program, String name) throws Exception {
        List<String> documents = documents();
        Path script = Files.writeString(folder.resolve(name), program);
        Path input = Files.write(folder.resolve("input"), documents);
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(interpreter, script.toString())
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> checksums = Files.readAllLines(output);
        assertThat(checksums).hasSameSizeAs(documents);
        for (int i = 0; i < documents.size(); i++) {
            assertThat(checksums.get(i)).as(documents.get(i)).isEqualTo(checksum(documents.get(i)));
        }
    }

    private static String checksum(String document) {
        Map<?, ?> content = JSON.readValue(document, Map.class);
        content.remove("checksum");
        return CanonicalJson.checksum(content);
    }

    private static List<String> documents() {
        RandomJson random = new RandomJson(10, 0);
        List<String> documents = new ArrayList<>(List.of(
                "{\"checksum\":\"sha256:00\",\"confidence\":1.0}",
                "{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\r\":3}",
                "{\"a\":[1e16,1e-7,123e-20,-0.0,1e21,999999999999999900000,5e-324,0.000001]}"));
        for (int i = 0; i < 2_000; i++) {
            documents.add(random.object());
        }
        documents.forEach(IncomingJson::check);
        return documents;
    }
}

package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Compares the reference in {@code docs/configuration.md} with the code; {@code -Ddocs.update=true} updates it. */
class ConfigurationReferenceTest {

    private static final Path DOCS = Path.of("../../docs/configuration.md");
    private static final String START = "<!-- reference -->\n";
    private static final String END = "<!-- /reference -->";

    @Test
    void namesEveryPropertyItsDefaultAndItsVariable() throws IOException {
        String docs = Files.readString(DOCS);
        int start = docs.indexOf(START) + START.length();
        int end = docs.indexOf(END);
        String reference = reference();
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(DOCS, docs.substring(0, start) + reference + docs.substring(end));
        } else {
            assertThat(docs.substring(start, end)).isEqualTo(reference);
        }
    }

    @Test
    void theListOfValidSettingsIsComplete() throws IOException {
        Path list = Path.of("../../shared-model/src/main/resources/io/turnlane/model/settings.txt");
        if (Boolean.getBoolean("docs.update")) {
            Files.write(list, rows().keySet());
        } else {
            assertThat(Files.readAllLines(list)).containsExactlyElementsOf(rows().keySet());
        }
    }

    private static String reference() throws IOException {
        return "\n| property | default | what it sets | environment variable |\n|---|---|---|---|\n"
                + String.join("", rows().values()) + "\n";
    }

    /** Returns the row of each property by its name. */
    private static TreeMap<String, String> rows() throws IOException {
        TreeMap<String, String> rows = new TreeMap<>();
        for (URL url : Collections.list(ConfigurationReferenceTest.class
                .getClassLoader()
                .getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = url.openStream()) {
                for (JsonNode property : Client.JSON.readTree(in).path("properties")) {
                    String name = property.path("name").asString();
                    if (name.startsWith("turnlane.")) {
                        rows.put(name, row(name, property));
                    }
                }
            }
        }
        return rows;
    }

    private static String row(String name, JsonNode property) {
        String description = property.path("description").asString("");
        assertThat(description).as("description of %s", name).isNotBlank();
        String standard = property.path("defaultValue").isMissingNode()
                ? ""
                : property.path("defaultValue").isContainer()
                        ? property.path("defaultValue").toString()
                        : property.path("defaultValue").asString();
        String variable = name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
        return "| `%s` | %s | %s | `%s` |%n"
                .formatted(name, standard.isEmpty() ? "" : "`" + standard + "`", description, variable);
    }
}

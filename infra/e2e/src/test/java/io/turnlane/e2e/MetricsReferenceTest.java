package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} lists exactly the metrics that gateways and processors register. */
class MetricsReferenceTest {

    private static final Pattern REGISTERED = Pattern.compile(
            "(?:builder|counter|timer|time|ClientMetrics)\\(\\s*(?:report, agent, |(?:registry|metrics), (?:spans, )?)?"
                    + "\"turnlane\\.([a-z.]+)\"");
    private static final Pattern DOCUMENTED = Pattern.compile("`turnlane_([a-z_]+?)(?:_total|_seconds|_bytes)?[`{]");

    @Test
    void listsEveryMetric() throws IOException {
        TreeSet<String> registered = new TreeSet<>();
        for (String module : new String[] {"api-gateway", "session-processor"}) {
            try (Stream<Path> files = Files.walk(Path.of("../..", module, "src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .forEach(file -> collect(REGISTERED, read(file), registered));
            }
        }
        TreeSet<String> documented = new TreeSet<>();
        collect(DOCUMENTED, read(Path.of("../../docs/metrics.md")), documented);
        assertThat(registered).hasSizeGreaterThan(40);
        assertThat(documented).isEqualTo(registered);
    }

    private static void collect(Pattern pattern, String text, TreeSet<String> into) {
        Matcher names = pattern.matcher(text);
        while (names.find()) {
            into.add(names.group(1).replace('.', '_'));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.turnlane.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Tables of {@code docs/metrics.md}. */
final class MetricsPage {

    static final Path FILE = Path.of("../../docs/metrics.md");

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private MetricsPage() {}

    /** Row of a table. */
    record DocumentedMetric(String name, String type, String unit, Set<String> tags) {}

    /** Returns the metrics of a section by their names. */
    static Map<String, DocumentedMetric> section(String heading) throws IOException {
        Matcher section = Pattern.compile("## " + heading + "\n(.*?)(?=\n## |\\z)", Pattern.DOTALL)
                .matcher(Files.readString(FILE));
        if (!section.find()) {
            throw new AssertionError("no section " + heading);
        }
        Map<String, DocumentedMetric> metrics = new LinkedHashMap<>();
        section.group(1).lines().filter(line -> line.startsWith("| `")).forEach(line -> {
            String[] cells = Arrays.stream(line.split("\\|")).map(String::strip).toArray(String[]::new);
            DocumentedMetric metric =
                    new DocumentedMetric(codes(cells[1]).iterator().next(), cells[2], cells[3], codes(cells[4]));
            metrics.put(metric.name(), metric);
        });
        return metrics;
    }

    private static Set<String> codes(String cell) {
        return CODE.matcher(cell)
                .results()
                .map((MatchResult code) -> code.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}

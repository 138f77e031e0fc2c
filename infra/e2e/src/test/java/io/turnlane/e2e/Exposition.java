package io.turnlane.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Metrics that a process exposes in Prometheus' text format.
 *
 * @param families metrics by name, without the gauges of maxima that belong to histograms and summaries
 * @param series names of all series, such as {@code …_bucket}
 */
record Exposition(Map<String, ExposedMetric> families, Set<String> series) {

    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

    /** Tags of every metric, and tags that Prometheus' format adds. */
    private static final Set<String> COMMON_TAGS = Set.of("application", "le", "quantile");

    /** A metric with all its tags. */
    record ExposedMetric(String type, Set<String> tags) {}

    /** Reads the metrics of the process whose HTTP server has this address. */
    static Exposition of(URI address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/actuator/prometheus"))
                .header("Accept", "text/plain;version=0.0.4")
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return parse(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        }
    }

    static Exposition parse(String text) {
        Map<String, ExposedMetric> families = new LinkedHashMap<>();
        Set<String> series = new TreeSet<>();
        ExposedMetric current = new ExposedMetric("", new TreeSet<>());
        for (String line : text.lines().toList()) {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                current = new ExposedMetric(type.group(2), new TreeSet<>());
                families.put(type.group(1), current);
            } else if (sample.matches()) {
                series.add(sample.group(1));
                addTags(sample.group(2), current.tags());
            }
        }
        families.keySet()
                .removeIf(name -> name.endsWith("_max") && isTimer(families.get(name.replaceAll("_max$", ""))));
        return new Exposition(families, series);
    }

    private static boolean isTimer(ExposedMetric metric) {
        return metric != null && Set.of("histogram", "summary").contains(metric.type());
    }

    private static void addTags(String labels, Set<String> tags) {
        if (labels != null) {
            LABEL.matcher(labels).results().map(label -> label.group(1)).forEach(tags::add);
            tags.removeAll(COMMON_TAGS);
        }
    }
}

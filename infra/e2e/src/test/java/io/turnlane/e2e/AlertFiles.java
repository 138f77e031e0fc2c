package io.turnlane.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Alert rules and dashboards in {@code infra/deploy}, and the metrics that their PromQL expressions use. */
final class AlertFiles {

    static final Path PROMETHEUS = Path.of("../deploy/prometheus");
    private static final Path DASHBOARD = Path.of("../deploy/grafana/turnlane.json");

    private static final YAMLMapper YAML = new YAMLMapper();

    /** Parts of an expression that contain no metric: strings, labels, ranges, lists of labels and variables. */
    private static final Pattern NO_METRIC = Pattern.compile(
            "\"[^\"]*\"|\\{[^}]*}|\\[[^]]*]|\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)|\\$\\w+");

    private static final Pattern NAME = Pattern.compile("(?<![\\w.])[a-zA-Z_:][\\w:]*+(?!\\s*\\()");
    private static final Set<String> KEYWORDS = Set.of("and", "or", "unless", "offset", "bool", "inf", "nan");
    private static final Pattern SUFFIX = Pattern.compile("_(?:bucket|sum|count|max)$");

    private AlertFiles() {}

    static JsonNode yaml(String file) {
        return YAML.readTree(PROMETHEUS.resolve(file).toFile());
    }

    /** Returns the alert rules by their names. */
    static Map<String, JsonNode> alerts() {
        Map<String, JsonNode> alerts = new TreeMap<>();
        for (JsonNode group : yaml("turnlane-alerts.yml").path("groups")) {
            group.path("rules").forEach(rule -> alerts.put(rule.path("alert").asString(), rule));
        }
        return alerts;
    }

    /** Returns the names of the series that an expression reads. */
    static Set<String> seriesOf(String expression) {
        return NAME.matcher(NO_METRIC.matcher(expression).replaceAll(" "))
                .results()
                .map(name -> name.group())
                .filter(name -> !KEYWORDS.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns Grafana's dashboard. */
    static JsonNode dashboard() {
        return JsonMapper.shared().readTree(DASHBOARD.toFile());
    }

    static List<String> alertExpressions() {
        return alerts().values().stream()
                .map(alert -> alert.path("expr").asString())
                .toList();
    }

    static List<String> dashboardExpressions() {
        List<String> expressions = new ArrayList<>();
        for (JsonNode panel : dashboard().path("panels")) {
            panel.path("targets")
                    .forEach(target -> expressions.add(target.path("expr").asString()));
        }
        return expressions;
    }

    /** Returns the name of the metric to which a series of a histogram or summary belongs. */
    static String metricOf(String series, Set<String> metrics) {
        return metrics.contains(series) ? series : SUFFIX.matcher(series).replaceAll("");
    }
}

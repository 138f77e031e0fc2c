package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Alert rules, their tests with promtool, and their runbooks. */
class AlertRulesTest {

    private static final Path RUNBOOKS = Path.of("../../docs/runbooks");
    private static final Pattern SETTING = Pattern.compile("`(turnlane\\.[a-z.-]+)`");
    private static final Pattern METRIC = Pattern.compile("`((?:turnlane|jvm|lettuce|kafka|http)_\\w+)(?:\\{[^`]*)?`");

    @Test
    void everyAlertHasARunbookAndEveryRunbookAnAlert() throws IOException {
        Set<String> pages = new TreeSet<>();
        try (Stream<Path> files = Files.list(RUNBOOKS)) {
            files.forEach(file -> pages.add(file.getFileName().toString().replace(".md", "")));
        }
        assertThat(pages).isEqualTo(AlertFiles.alerts().keySet());
        AlertFiles.alerts()
                .forEach((name, alert) -> assertThat(
                                alert.at("/annotations/runbook").asString())
                        .isEqualTo("docs/runbooks/" + name + ".md"));
    }

    @Test
    void everyRunbookHasItsFourSections() throws IOException {
        for (String alert : AlertFiles.alerts().keySet()) {
            assertThat(runbook(alert).lines().filter(line -> line.startsWith("#")))
                    .containsExactly("# " + alert, "## Symptom", "## Meaning", "## What to look at", "## What to do");
        }
    }

    @Test
    void runbooksNameMetricsAndSettingsThatExist() throws IOException {
        Set<String> metrics = documented();
        String settings = Files.readString(Path.of("../../docs/configuration.md"));
        for (String alert : AlertFiles.alerts().keySet()) {
            String page = runbook(alert);
            assertThat(METRIC.matcher(page).results().map(metric -> metric.group(1)))
                    .as(alert)
                    .isSubsetOf(metrics);
            assertThat(SETTING.matcher(page).results().map(setting -> setting.group(1)))
                    .as(alert)
                    .allSatisfy(setting -> assertThat(settings).containsPattern("`" + Pattern.quote(setting) + "[`.]"));
        }
    }

    @Test
    void alertsUseDocumentedMetrics() throws IOException {
        Set<String> metrics = documented();
        metrics.add("up"); // Prometheus itself adds it
        for (String expression : AlertFiles.alertExpressions()) {
            assertThat(AlertFiles.seriesOf(expression))
                    .as(expression)
                    .isNotEmpty()
                    .allSatisfy(series -> assertThat(metrics).contains(AlertFiles.metricOf(series, metrics)));
        }
    }

    @Test
    void everyAlertHasATestInWhichItFiresAndOneInWhichItDoesNot() {
        Set<String> firing = new TreeSet<>();
        Set<String> quiet = new TreeSet<>();
        for (JsonNode test : AlertFiles.yaml("turnlane-alerts-test.yml").path("tests")) {
            for (JsonNode one : test.path("alert_rule_test")) {
                (one.path("exp_alerts").isEmpty() ? quiet : firing)
                        .add(one.path("alertname").asString());
            }
        }
        assertThat(firing).isEqualTo(AlertFiles.alerts().keySet());
        assertThat(quiet).isEqualTo(AlertFiles.alerts().keySet());
    }

    @Test
    void promtoolAcceptsTheRulesAndTheirTests() throws Exception {
        Optional<String> promtool = promtool();
        assumeTrue(promtool.isPresent(), "promtool is not installed");
        assertThat(run(promtool.get(), "check", "rules", "turnlane-alerts.yml")).contains("SUCCESS");
        assertThat(run(promtool.get(), "test", "rules", "turnlane-alerts-test.yml"))
                .contains("SUCCESS");
    }

    /** Returns the promtool that {@code ./turnlane test} has found or installed. */
    private static Optional<String> promtool() {
        String given = System.getenv("TURNLANE_PROMTOOL");
        if (given != null) {
            return Optional.of(given);
        }
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(AlertFiles.PROMETHEUS.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static Set<String> documented() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String section : List.of("Processor", "Gateway", "Libraries")) {
            names.addAll(MetricsPage.section(section).keySet());
        }
        return names;
    }

    private static String runbook(String alert) throws IOException {
        return Files.readString(RUNBOOKS.resolve(alert + ".md")).lines().collect(Collectors.joining("\n"));
    }
}

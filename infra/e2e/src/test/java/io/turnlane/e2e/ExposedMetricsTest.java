package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ModelStream;
import io.turnlane.e2e.Exposition.ExposedMetric;
import io.turnlane.e2e.MetricsPage.DocumentedMetric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A running gateway and processor expose exactly the metrics that {@code docs/metrics.md} lists. */
class ExposedMetricsTest {

    private static final HttpDouble model = new HttpDouble(Behaviour.events(ModelStream.answer("A lane is a queue.")));
    private static RunningTurnlane turnlane;

    /** Starts a Turnlane with all its parts, and completes and fails turns, because some metrics appear only then. */
    @BeforeAll
    static void start() {
        turnlane = RunningTurnlane.start(
                2,
                "--turnlane.webhooks.enabled=true",
                "--turnlane.webhooks.secrets=whsec_" + "A".repeat(32),
                "--turnlane.processor.retry.failures=1");
        try (Client client = new Client(turnlane.address())) {
            define(client, "priced", Map.of("type", "chat", "price", Map.of("input", 1, "output", 1)));
            define(client, "unreachable", Map.of("type", "chat", "url", "http://127.0.0.1:1/v1"));
            Map<String, Object> route = Map.of(
                    "type", "route",
                    "targets", List.of(Map.of("agent", "echo"), Map.of("agent", "priced")),
                    "way_back", Map.of("error_rate", 0.5, "to", "echo"));
            assertThat(client.send("PUT", "/v1/agents/front", route).status()).isEqualTo(201);
            assertThat(ask(client, "echo")).isEqualTo("completed");
            assertThat(ask(client, "priced")).isEqualTo("completed");
            assertThat(ask(client, "unreachable")).isEqualTo("failed");
        }
    }

    @AfterAll
    static void stop() {
        turnlane.close();
        model.close();
    }

    private static void define(Client client, String name, Map<String, Object> settings) {
        Map<String, Object> definition =
                new HashMap<>(Map.of("model", "m", "url", model.url("/v1").toString()));
        definition.putAll(settings);
        assertThat(client.send("PUT", "/v1/agents/" + name, definition).status())
                .isEqualTo(201);
    }

    private static String ask(Client client, String agent) {
        return client.post(
                        "/v1/sessions/s-" + agent + "/requests",
                        Map.of("question", "What is a lane?", "agent", agent),
                        "Prefer",
                        "wait=30")
                .text("status");
    }

    @Test
    void aProcessorExposesItsMetrics() {
        Eventually.holds(() -> assertThat(own(processor())).isEqualTo(documented("Processor")));
    }

    @Test
    void aGatewayExposesItsMetrics() {
        Eventually.holds(() -> assertThat(own(gateway())).isEqualTo(documented("Gateway")));
    }

    @Test
    void theMetricsOfLibrariesAreExposed() {
        Eventually.holds(() -> {
            Map<String, ExposedMetric> exposed = new HashMap<>(processor().families());
            gateway().families().forEach((name, metric) -> exposed.merge(name, metric, ExposedMetricsTest::union));
            Map<String, ExposedMetric> documented = documented("Libraries");
            exposed.keySet().retainAll(documented.keySet());
            assertThat(exposed).isEqualTo(documented);
        });
    }

    @Test
    void alertsAndTheDashboardReadExposedSeries() {
        Eventually.holds(() -> {
            Set<String> exposed = new TreeSet<>(processor().series());
            exposed.addAll(gateway().series());
            exposed.add("up"); // Prometheus itself adds it
            List<String> expressions = new ArrayList<>(AlertFiles.alertExpressions());
            expressions.addAll(AlertFiles.dashboardExpressions());
            for (String expression : expressions) {
                assertThat(AlertFiles.seriesOf(expression)).as(expression).isSubsetOf(exposed);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"Processor", "Gateway", "Libraries"})
    void theNameOfAMetricHasItsUnit(String section) throws IOException {
        for (DocumentedMetric metric : MetricsPage.section(section).values()) {
            String name = metric.name();
            assertThat(name.endsWith("_total")).as(name).isEqualTo(metric.type().equals("counter"));
            String base = name.replaceAll("_total$", "");
            assertThat(base.endsWith("_seconds"))
                    .as(name)
                    .isEqualTo(metric.unit().equals("seconds"));
            assertThat(base.endsWith("_bytes")).as(name).isEqualTo(metric.unit().equals("bytes"));
        }
    }

    private static ExposedMetric union(ExposedMetric one, ExposedMetric other) {
        Set<String> tags = new TreeSet<>(one.tags());
        tags.addAll(other.tags());
        return new ExposedMetric(one.type(), tags);
    }

    private static Exposition processor() throws IOException, InterruptedException {
        return Exposition.of(turnlane.processorAddress());
    }

    private static Exposition gateway() throws IOException, InterruptedException {
        return Exposition.of(turnlane.address());
    }

    private static Map<String, ExposedMetric> own(Exposition exposition) {
        return exposition.families().entrySet().stream()
                .filter(metric -> metric.getKey().startsWith("turnlane_"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Map<String, ExposedMetric> documented(String section) throws IOException {
        return MetricsPage.section(section).values().stream()
                .collect(Collectors.toMap(
                        DocumentedMetric::name, metric -> new ExposedMetric(metric.type(), metric.tags())));
    }
}

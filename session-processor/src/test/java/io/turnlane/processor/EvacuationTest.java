package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.TestBackends;
import io.turnlane.model.Priority;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.TurnLogFixture.PublishedEvent;
import io.turnlane.store.MemoryKeys;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Drain of a processor by HTTP on its management port, as operators start it. */
@Timeout(120)
class EvacuationTest {

    private final TurnLogFixture log = new TurnLogFixture(8);
    private final List<ConfigurableApplicationContext> processors = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        processors.forEach(ConfigurableApplicationContext::close);
        log.close();
    }

    @Test
    void losesNoTurnAndRunsNoneTwiceUnderLoad() throws Exception {
        ConfigurableApplicationContext leaving = start("leaving", "10s");
        ConfigurableApplicationContext staying = start("staying", "10s");
        await("the group to share the partitions") // otherwise turns would also run twice because of the rebalance
                .atMost(Duration.ofSeconds(30))
                .until(() -> statistics(leaving).partitions() == 4
                        && statistics(staying).partitions() == 4);
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            asked.add(log.publish(ask("s-" + i % 50, "q" + i, 40)).requestId().toString());
            if (i == 200) {
                Thread.ofVirtual().start(() -> post(leaving, "/actuator/evacuate"));
            }
        }
        JsonNode report = json(post(leaving, "/actuator/evacuate"));
        assertThat(report.path("state").asString()).isEqualTo("evacuated");
        assertThat(report.path("report").path("left").asBoolean()).isTrue();
        assertThat(report.path("report").path("interrupted").asInt()).isZero();

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(ofType("completed")).hasSizeGreaterThanOrEqualTo(asked.size()));
        assertThat(ofType("started")).as("each ran once").containsExactlyInAnyOrderElementsOf(asked);
        assertThat(ofType("completed")).as("each ended once").containsExactlyInAnyOrderElementsOf(asked);
    }

    @Test
    void reportsTheDrainedStateAndRepeatsItsReport() throws Exception {
        ConfigurableApplicationContext alone = start("alone", "10s");
        log.publish(ask("s-1", "first", 0));
        log.awaitTerminals(1, Duration.ofSeconds(20));
        assertThat(get(alone, "/readyz").statusCode()).isEqualTo(200);
        assertThat(statistics(alone).state()).isEqualTo(ProcessorState.RUNNING);
        assertThat(json(get(alone, "/actuator/evacuate")).path("state").asString())
                .isEqualTo("running");

        String first = post(alone, "/actuator/evacuate").body();
        assertThat(post(alone, "/actuator/evacuate").body()).isEqualTo(first);

        assertThat(get(alone, "/livez").statusCode()).isEqualTo(200);
        assertThat(get(alone, "/readyz").statusCode()).isEqualTo(503);
        assertThat(get(alone, "/actuator/prometheus").statusCode()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            assertThat(statistics(alone).state()).isEqualTo(ProcessorState.EVACUATED);
            assertThat(statistics(alone).partitions()).isZero();
        });
        assertThat(statistics(alone).management()).isEqualTo("http://127.0.0.1:" + port(alone));

        log.publish(ask("s-1", "second", 0));
        start("successor", "10s");
        assertThat(log.awaitTerminals(2, Duration.ofSeconds(20))).hasSize(2);
    }

    @Test
    void interruptsTurnsThatExceedTheBudgetAndReleasesThem() throws Exception {
        ConfigurableApplicationContext leaving = start("hurried", "300ms");
        Ask slow = log.publish(ask("s-slow", "slow", 2_000));
        await().atMost(Duration.ofSeconds(20)).until(() -> !ofType("started").isEmpty());

        JsonNode report = json(post(leaving, "/actuator/evacuate"));
        assertThat(report.path("report").path("interrupted").asInt()).isEqualTo(1);

        start("successor", "10s");
        assertThat(log.awaitTerminals(1, Duration.ofSeconds(20)))
                .extracting(PublishedEvent::requestId)
                .containsExactly(slow.requestId().toString());
    }

    @Test
    void letsNoWebPageUseTheManagementPort() throws Exception {
        ConfigurableApplicationContext alone = start("guarded", "10s");
        String own = "Host: 127.0.0.1:" + port(alone);
        String json = "Content-Type: application/json";

        assertThat(raw(alone, "POST", own)).as("a form or a no-cors fetch").isEqualTo(415);
        assertThat(raw(alone, "POST", own, "Content-Type: text/plain")).isEqualTo(415);
        assertThat(raw(alone, "POST", own, "Content-Type: nonsense")).isEqualTo(415);
        assertThat(raw(alone, "POST", own, json, "Origin: http://evil.example")).isEqualTo(403);
        assertThat(raw(alone, "POST", "Host: evil.example", json)).isEqualTo(403);
        assertThat(raw(alone, "GET", "Host: evil.example")).as("DNS rebinding").isEqualTo(403);
        assertThat(json(get(alone, "/actuator/evacuate")).path("state").asString())
                .isEqualTo("running");

        assertThat(raw(alone, "POST", "Host: localhost", json)).isEqualTo(200);
    }

    /** Calls the endpoint with exactly these headers and returns the status. An HTTP client would set its own Host. */
    private static int raw(ConfigurableApplicationContext processor, String method, String... headers)
            throws IOException {
        try (Socket socket = new Socket("127.0.0.1", Integer.parseInt(port(processor)))) {
            socket.setSoTimeout(40_000);
            socket.getOutputStream()
                    .write("%s /actuator/evacuate HTTP/1.1\r\n%s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                            .formatted(method, String.join("\r\n", headers))
                            .getBytes(StandardCharsets.US_ASCII));
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Integer.parseInt(response.split(" ", 3)[1]);
        }
    }

    private List<String> ofType(String type) {
        return log.events().stream()
                .filter(event -> event.type().equals(type))
                .map(PublishedEvent::requestId)
                .toList();
    }

    private static ProcessorStatistics statistics(ConfigurableApplicationContext processor) throws Exception {
        String id = processor.getEnvironment().getProperty("turnlane.processor.id");
        await().until(() -> statisticsJson(processor, id) != null);
        return new WireFormat()
                .read(statisticsJson(processor, id).getBytes(StandardCharsets.UTF_8), ProcessorStatistics.class);
    }

    private static String statisticsJson(ConfigurableApplicationContext processor, String id) {
        return processor.getBean(StringRedisTemplate.class).opsForValue().get(MemoryKeys.processor(id));
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    private HttpResponse<String> get(ConfigurableApplicationContext processor, String path) {
        return send(HttpRequest.newBuilder(uri(processor, path)).GET());
    }

    private HttpResponse<String> post(ConfigurableApplicationContext processor, String path) {
        return send(HttpRequest.newBuilder(uri(processor, path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(Duration.ofSeconds(40)).build(), BodyHandlers.ofString());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static URI uri(ConfigurableApplicationContext processor, String path) {
        return URI.create("http://127.0.0.1:" + port(processor) + path);
    }

    private static String port(ConfigurableApplicationContext processor) {
        return processor.getEnvironment().getRequiredProperty("local.server.port");
    }

    private Ask ask(String session, String question, int delayMs) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                new SessionId(session + "-" + log.prefix()),
                null,
                "echo",
                question,
                Map.of("delay_ms", delayMs),
                Duration.ofHours(1),
                Instant.now(),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }

    private ConfigurableApplicationContext start(String id, String drainBudget) {
        List<String> arguments = new ArrayList<>(TestBackends.shared().springArguments());
        arguments.addAll(List.of(
                "--turnlane.processor.id=" + id + "-" + UUID.randomUUID(),
                "--spring.kafka.consumer.properties.session.timeout.ms=3000",
                "--spring.kafka.consumer.properties.heartbeat.interval.ms=500",
                "--turnlane.processor.intake.group=g-" + log.prefix(),
                "--turnlane.processor.retrieval.enabled=false",
                "--turnlane.topics.prefix=" + log.prefix(),
                "--turnlane.topics.partitions=" + log.partitions(),
                "--turnlane.processor.drain-budget=" + drainBudget));
        ConfigurableApplicationContext processor =
                ProcessorApplication.application().run(arguments.toArray(String[]::new));
        processors.add(processor);
        return processor;
    }
}

package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.doubles.HttpDouble;
import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.e2e.Client.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the processor ({@code kill -9}) while agents in Python, in JavaScript and of known frameworks answer. The
 * clients resume with their cursors.
 */
class KilledProcessorTest {

    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int WORDS = 100;
    private static final String QUESTION = "word ".repeat(WORDS - 1) + "end";

    private final HttpDouble model = new HttpDouble(AgentPrograms.words(WORDS));
    private final Map<String, AgentProgram> programs = new LinkedHashMap<>();
    private final Map<String, RecordingProxy> proxies = new LinkedHashMap<>();
    private final List<Process> processors = new ArrayList<>();
    private final RunningTurnlane turnlane = RunningTurnlane.withoutProcessor(4);
    private final Client client = new Client(turnlane.address());

    @TempDir
    Path temp;

    private Path agents;

    @BeforeEach
    void startAgents() throws Exception {
        programs.putAll(AgentPrograms.examples());
        programs.putAll(AgentPrograms.stock(model));
        Map<String, Object> definitions = new LinkedHashMap<>();
        for (Map.Entry<String, AgentProgram> program : programs.entrySet()) {
            RecordingProxy proxy = new RecordingProxy(program.getValue().url("/"));
            proxies.put(program.getKey(), proxy);
            definitions.put(program.getKey(), AgentPrograms.definition(program.getKey(), proxy.address()));
        }
        // YAML contains JSON
        agents = Files.writeString(
                temp.resolve("agents.yaml"), Client.JSON.writeValueAsString(Map.of("agents", definitions)));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        for (Process processor : processors) {
            processor.destroyForcibly().waitFor();
        }
        turnlane.close();
        for (RecordingProxy proxy : proxies.values()) {
            proxy.close();
        }
        programs.values().forEach(AgentProgram::close);
        model.close();
    }

    @Test
    void eachAnswerComesOnceAndTheTextOfTwoAttemptsIsNeverJoined() throws Exception {
        Process first = startProcessor();
        await().atMost(LIMIT)
                .failFast(() -> !first.isAlive())
                .until(() -> client.get("/v1/agents").list("agents").stream()
                        .map(agent -> (String) agent.get("name"))
                        .toList()
                        .containsAll(programs.keySet()));
        Map<String, String> requests = new LinkedHashMap<>();
        programs.keySet().forEach(agent -> requests.put(agent, ask(agent)));
        Map<String, List<Event>> received = new LinkedHashMap<>();
        requests.forEach((agent, request) ->
                received.put(agent, client.streamUntil(KilledProcessorTest::isInMidAnswer, request + "/events")));

        first.destroyForcibly().waitFor(); // kill -9
        Process second = startProcessor();

        requests.forEach((agent, request) -> {
            List<Event> events = received.get(agent);
            events.addAll(client.stream(request + "/events", "Last-Event-ID", lastId(events)));
            assertThat(second.isAlive()).isTrue();
            assertAnsweredOnce(agent, events);
            assertThat(client.get(request + "/timeline?steps=true").list("steps"))
                    .as("explanation of %s", agent)
                    .extracting(step -> step.get("step"))
                    .containsSubsequence("assigned", "attempt", "crash", "assigned", "attempt", "stored", "ended");
            String id = request.substring(request.lastIndexOf('/') + 1);
            assertThat(proxies.get(agent).headers("Idempotency-Key"))
                    .as("attempts that %s received", agent)
                    .containsExactly(id + "-1", id + "-2");
        });
        assertThat(programs.get("javascript").count("cancelled"))
                .as("the end of the killed processor's connection")
                .isEqualTo(1);
    }

    private Process startProcessor() throws Exception {
        Process processor = turnlane.startProcessorProgram(
                "--turnlane.processor.agents.file=" + agents,
                "--turnlane.processor.retrieval.enabled=false",
                "--spring.kafka.consumer.properties.session.timeout.ms=3000",
                "--spring.kafka.consumer.properties.heartbeat.interval.ms=500");
        processors.add(processor);
        return processor;
    }

    private String ask(String agent) {
        ClientReply asked = client.post(
                "/v1/sessions/killed-" + UUID.randomUUID() + "/requests", Map.of("question", QUESTION, "agent", agent));
        assertThat(asked.status()).isEqualTo(202);
        return asked.header("Location");
    }

    private static boolean isInMidAnswer(List<Event> events) {
        return events.stream().filter(event -> event.type().equals("delta")).count() == 3;
    }

    private static String lastId(List<Event> events) {
        return events.stream()
                .map(Event::id)
                .filter(id -> id != null)
                .reduce((_, last) -> last)
                .orElseThrow();
    }

    private static void assertAnsweredOnce(String agent, List<Event> events) {
        String expected = agent.equals("python") || agent.equals("javascript")
                ? "Question 1 was: " + QUESTION + " "
                : AgentPrograms.text(WORDS);
        assertThat(events)
                .extracting(Event::type)
                .filteredOn("completed"::equals)
                .hasSize(1);
        assertThat(events.getLast().answer()).as(agent).isEqualTo(expected);
        assertThat(events.getLast().data()).containsEntry("attempt", 2);
        assertThat(events)
                .extracting(event ->
                        event.data().get("attempt") + "/" + event.data().get("seq"))
                .doesNotHaveDuplicates();
        StringBuilder text = new StringBuilder();
        Object attempt = null;
        for (Event event : events) {
            if (event.type().equals("started")) {
                attempt = event.data().get("attempt");
                text.setLength(0);
            } else if (event.type().equals("delta")) {
                assertThat(event.data()).containsEntry("attempt", attempt).containsEntry("pos", text.length());
                text.append(event.text());
            }
        }
        assertThat(text).as("pieces that the client of %s joined", agent).hasToString(expected);
    }
}

package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ReactionTimes;
import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.e2e.Client.Event;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.remote.RemoteAgentFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Agents of known frameworks, as their documentation shows them, behind gateway and processor: TanStack AI over AG-UI,
 * and Mastra over Responses. Their model is a double. Skipped if npm cannot install the frameworks.
 */
class StockAgentsTest {

    private static final Path AGENTS = Path.of("src", "test", "agents");
    private static final Map<String, Map<String, Object>> DEFINITIONS = Map.of(
            "tanstack", Map.of("type", "ag-ui"),
            "mastra", Map.of("type", "responses", "parameters", Map.of("agent_id", "support")));

    private static final HttpDouble model = new HttpDouble(answer(5));
    private static final Map<String, AgentProgram> programs = new LinkedHashMap<>();
    private static RunningTurnlane turnlane;
    private static Client client;

    private final String session = "stock-" + UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        for (String framework : DEFINITIONS.keySet()) {
            Optional<Path> folder = Programs.npmProject(AGENTS.resolve(framework));
            if (folder.isPresent()) {
                ProcessBuilder command = new ProcessBuilder(Programs.node(), "agent.mjs")
                        .directory(folder.get().toFile());
                command.environment().put("MODEL_URL", model.url("/v1").toString());
                programs.put(framework, AgentProgram.start(command));
            }
        }
        turnlane = RunningTurnlane.start(1, factories());
        client = new Client(turnlane.address());
    }

    @AfterAll
    static void stop() {
        client.close();
        turnlane.close();
        programs.values().forEach(AgentProgram::close);
        model.close();
    }

    /** Returns new factories, because a processor closes its factories when it stops. */
    private static List<AgentFactory> factories() throws Exception {
        List<AgentFactory> factories = new ArrayList<>();
        for (Map.Entry<String, AgentProgram> program : programs.entrySet()) {
            String path = program.getKey().equals("mastra") ? "/api/v1/responses" : "/";
            Map<String, Object> fields = new LinkedHashMap<>(DEFINITIONS.get(program.getKey()));
            fields.put("url", program.getValue().url(path).toString());
            factories.add(new RemoteAgentFactory(
                    AgentDefinition.read(program.getKey(), fields), _ -> Optional.empty(), "USD"));
        }
        return factories;
    }

    /** Returns a model that sends a number of words, ten in a second. */
    private static Behaviour answer(int words) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < words; i++) {
            events.add(chunk("{\"role\":\"assistant\",\"content\":\"word " + i + ". \"}", "null"));
        }
        events.add(chunk("{}", "\"stop\""));
        events.add("{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[],"
                + "\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":5,\"total_tokens\":17}}");
        events.add("[DONE]");
        return Behaviour.slowEvents(events, Duration.ofMillis(100));
    }

    private static String chunk(String delta, String finishReason) {
        return "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                + "\"delta\":" + delta + ",\"finish_reason\":" + finishReason + "}]}";
    }

    private static String text(int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append("word ").append(i).append(". ");
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tanstack", "mastra"})
    void streamsItsAnswerAndPassesTheHistoryToItsModel(String agent) {
        model.behave(answer(20));
        List<Event> events = client.stream(ask(agent, "Is anybody there?") + "/events");
        assertThat(events.stream().filter(event -> event.type().equals("delta")))
                .as("pieces of the answer")
                .hasSizeGreaterThan(5);
        assertThat(events.getLast().answer()).isEqualTo(text(20));

        model.behave(answer(3));
        ClientReply second = client.get(ask(agent, "And now?") + "?wait=30");
        assertThat(second.object("answer").get("text")).isEqualTo(text(3));
        assertThat(model.requests().getLast().body()).contains("Is anybody there?", "word 19.", "And now?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tanstack", "mastra"})
    void stopsItsModelWithinASecondIfTheTurnIsCancelled(String agent) throws Exception {
        model.behave(answer(300));
        ReactionTimes times = new ReactionTimes();
        for (int i = 0; i < 3; i++) {
            int before = model.abandoned();
            String running = ask(agent, "Tell me everything");
            await().atMost(Duration.ofSeconds(20)).until(() -> model.running() == 1);
            times.measure(() -> {
                assertThat(client.post(running + "/cancel", Map.of()).status()).isEqualTo(202);
                await().until(() -> model.abandoned() == before + 1);
            });
            assertThat(client.get(running + "?wait=20").text("status")).isEqualTo("cancelled");
            await().until(() -> model.running() == 0);
        }
        assertThat(times.median()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tanstack", "mastra"})
    void answersAgainFromTheStartIfItsProcessorIsReplacedInMidAnswer(String agent) throws Exception {
        model.behave(answer(60));
        String running = ask(agent, "Tell me everything");
        await().atMost(Duration.ofSeconds(20)).until(() -> model.running() == 1);
        turnlane.replaceProcessor(factories());
        ClientReply ended = client.get(running + "?wait=60");
        assertThat(ended.text("status")).isEqualTo("completed");
        assertThat(ended.json().get("attempt")).isEqualTo(2);
        assertThat(ended.object("answer").get("text")).isEqualTo(text(60));
    }

    private String ask(String agent, String question) {
        assumeThat(programs).as("installed frameworks").containsKey(agent);
        ClientReply asked =
                client.post("/v1/sessions/" + session + "/requests", Map.of("question", question, "agent", agent));
        assertThat(asked.status()).isEqualTo(202);
        return asked.header("Location");
    }
}

package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ReactionTimes;
import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.e2e.Client.Event;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private static final HttpDouble model = new HttpDouble(AgentPrograms.words(5));
    private static final Map<String, AgentProgram> programs = new LinkedHashMap<>();
    private static RunningTurnlane turnlane;
    private static Client client;

    private final String session = "stock-" + UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        programs.putAll(AgentPrograms.stock(model));
        turnlane = RunningTurnlane.start(1, AgentPrograms.factories(programs));
        client = new Client(turnlane.address());
    }

    @AfterAll
    static void stop() {
        client.close();
        turnlane.close();
        programs.values().forEach(AgentProgram::close);
        model.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tanstack", "mastra"})
    void streamsItsAnswerAndPassesTheHistoryToItsModel(String agent) {
        model.behave(AgentPrograms.words(20));
        List<Event> events = client.stream(ask(agent, "Is anybody there?") + "/events");
        assertThat(events.stream().filter(event -> event.type().equals("delta")))
                .as("pieces of the answer")
                .hasSizeGreaterThan(5);
        assertThat(events.getLast().answer()).isEqualTo(AgentPrograms.text(20));

        model.behave(AgentPrograms.words(3));
        ClientReply second = client.get(ask(agent, "And now?") + "?wait=30");
        assertThat(second.object("answer").get("text")).isEqualTo(AgentPrograms.text(3));
        assertThat(model.requests().getLast().body()).contains("Is anybody there?", "word 19.", "And now?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tanstack", "mastra"})
    void stopsItsModelWithinASecondIfTheTurnIsCancelled(String agent) throws Exception {
        model.behave(AgentPrograms.words(300));
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
        model.behave(AgentPrograms.words(60));
        String running = ask(agent, "Tell me everything");
        await().atMost(Duration.ofSeconds(20)).until(() -> model.running() == 1);
        turnlane.replaceProcessor(AgentPrograms.factories(programs));
        ClientReply ended = client.get(running + "?wait=60");
        assertThat(ended.text("status")).isEqualTo("completed");
        assertThat(ended.json().get("attempt")).isEqualTo(2);
        assertThat(ended.object("answer").get("text")).isEqualTo(AgentPrograms.text(60));
    }

    private String ask(String agent, String question) {
        assumeThat(programs).as("installed frameworks").containsKey(agent);
        ClientReply asked =
                client.post("/v1/sessions/" + session + "/requests", Map.of("question", question, "agent", agent));
        assertThat(asked.status()).isEqualTo(202);
        return asked.header("Location");
    }
}

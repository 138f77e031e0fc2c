package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

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

/** The examples of agents in Python and JavaScript, unchanged, behind gateway and processor. */
class RemoteAgentsTest {

    private static final String LONG = "word ".repeat(99) + "end";

    private static final Map<String, AgentProgram> programs = new LinkedHashMap<>();
    private static RunningTurnlane turnlane;
    private static Client client;

    private final String session = "remote-" + UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        programs.putAll(AgentPrograms.examples());
        turnlane = RunningTurnlane.start(1, AgentPrograms.factories(programs));
        client = new Client(turnlane.address());
    }

    @AfterAll
    static void stop() {
        client.close();
        turnlane.close();
        programs.values().forEach(AgentProgram::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"python", "javascript"})
    void streamsItsAnswerAndReceivesTheHistory(String agent) {
        List<Event> events = client.stream(ask(agent, LONG) + "/events");
        assertThat(events.stream().filter(event -> event.type().equals("delta")))
                .as("pieces of the answer")
                .hasSizeGreaterThan(10);
        assertThat(events.getLast().answer()).isEqualTo("Question 1 was: " + LONG + " ");

        ClientReply second = client.get(ask(agent, "And now?") + "?wait=30");
        assertThat(second.object("answer").get("text")).isEqualTo("Question 2 was: And now? ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"python", "javascript"})
    void noticesWithinASecondThatTheTurnIsCancelled(String agent) throws Exception {
        ReactionTimes times = new ReactionTimes();
        for (int i = 0; i < 3; i++) {
            String running = ask(agent, LONG);
            long before = programs.get(agent).count("cancelled");
            await().atMost(Duration.ofSeconds(20)).until(() -> status(running).equals("running"));
            times.measure(() -> {
                assertThat(client.post(running + "/cancel", Map.of()).status()).isEqualTo(202);
                await().until(() -> programs.get(agent).count("cancelled") == before + 1);
            });
            assertThat(client.get(running + "?wait=20").text("status")).isEqualTo("cancelled");
        }
        assertThat(times.median()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"python", "javascript"})
    void answersAgainFromTheStartIfItsProcessorIsReplacedInMidAnswer(String agent) throws Exception {
        String running = ask(agent, LONG);
        await().atMost(Duration.ofSeconds(20)).until(() -> status(running).equals("running"));
        turnlane.replaceProcessor(AgentPrograms.factories(programs));
        ClientReply ended = client.get(running + "?wait=60");
        assertThat(ended.text("status")).isEqualTo("completed");
        assertThat(ended.json().get("attempt")).isEqualTo(2);
        assertThat(ended.object("answer").get("text")).isEqualTo("Question 1 was: " + LONG + " ");
    }

    private String ask(String agent, String question) {
        assumeThat(programs).as("installed interpreters").containsKey(agent);
        ClientReply asked =
                client.post("/v1/sessions/" + session + "/requests", Map.of("question", question, "agent", agent));
        assertThat(asked.status()).isEqualTo(202);
        return asked.header("Location");
    }

    private static String status(String request) {
        return client.get(request).text("status");
    }
}

package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.e2e.Client.ClientReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Agents that operators add, change and remove while two processors run. */
class AgentChangesTest {

    private static RunningTurnlane turnlane;
    private static Client client;

    @BeforeAll
    static void start() {
        turnlane = RunningTurnlane.start(4);
        turnlane.addProcessor();
        client = new Client(turnlane.address());
    }

    @AfterAll
    static void stop() {
        turnlane.close();
    }

    @Test
    void answersAsSoonAsItIsAdded() {
        assertThat(put("/v1/agents/parrot", Map.of("type", "echo")).status()).isEqualTo(201);
        for (int i = 0; i < 8; i++) { // on both processors
            ClientReply done = askAndWait("s-parrot-" + i, "hello", "parrot", Map.of());
            assertThat(done.object("answer").get("text")).isEqualTo("echo: hello");
        }
        assertThat(names()).contains("parrot");
        assertThat(put("/v1/agents/parrot", Map.of("type", "echo", "description", "Says it again."))
                        .status())
                .isEqualTo(200);
        assertThat(client.get("/v1/agents/parrot").object("definition").get("description"))
                .isEqualTo("Says it again.");
    }

    @Test
    void isNotChangedByADefinitionWithAnInvalidField() {
        put("/v1/agents/strict", Map.of("type", "echo"));
        ClientReply rejected = put("/v1/agents/strict", Map.of("type", "ag-ui", "url", "nowhere"));
        assertThat(rejected.status()).isEqualTo(400);
        assertThat(rejected.text("detail")).startsWith("url must be an http or https URL");
        assertThat(client.get("/v1/agents/strict").object("definition").get("type"))
                .isEqualTo("echo");
        assertThat(client.get("/v1/agents/nobody").status()).isEqualTo(404);
    }

    @Test
    void takesNoQuestionsAfterItsRemovalUnlessItHasASuccessor() {
        put("/v1/agents/old", Map.of("type", "echo"));
        askAndWait("s-old", "first", "old", Map.of());
        ClientReply slow = ask("s-old", "accepted before", "old", Map.of("delay_ms", 1500));
        ClientReply waiting = ask("s-old", "waits", "old", Map.of());
        assertThat(client.delete("/v1/agents/old").status()).isEqualTo(200);
        for (ClientReply accepted : List.of(slow, waiting)) {
            assertThat(client.get(accepted.header("Location") + "?wait=20").text("status"))
                    .as("a question accepted before the removal")
                    .isEqualTo("completed");
        }
        assertThat(ask("s-new", "too late", "old", Map.of()).text("code")).isEqualTo("unknown_agent");
        assertThat(names()).doesNotContain("old");

        ClientReply unknown = client.delete("/v1/agents/old?successor=nobody");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.text("detail")).isEqualTo("successor is nobody, which takes no questions.");
        assertThat(removed()).contains(Map.of("name", "old"));

        assertThat(client.delete("/v1/agents/old?successor=echo").status()).isEqualTo(200);
        assertThat(removed()).contains(Map.of("name", "old", "successor", "echo"));
        ClientReply again =
                client.post("/v1/sessions/s-old/requests", Map.of("question", "again"), "Prefer", "wait=30");
        assertThat(again.object("answer").get("text"))
                .as("the session goes on with the successor")
                .isEqualTo("echo: again");
    }

    @Test
    void failsNoAcceptedQuestionWhileAgentsAndProcessorsComeAndGo() throws Exception {
        AtomicBoolean changing = new AtomicBoolean(true);
        put("/v1/agents/changing", Map.of("type", "echo"));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<String>>> askers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String session = "s-changing-" + i;
                Callable<List<String>> asker = () -> {
                    List<String> outcomes = new ArrayList<>();
                    while (changing.get()) {
                        ClientReply asked = ask(session, "hello", "changing", Map.of("delay_ms", 20));
                        outcomes.add(
                                asked.status() == 422
                                        ? "refused"
                                        : client.get(asked.header("Location") + "?wait=30")
                                                .text("status"));
                    }
                    return outcomes;
                };
                askers.add(threads.submit(asker));
            }
            for (int round = 0; round < 6; round++) {
                client.delete("/v1/agents/changing" + (round % 2 == 0 ? "?successor=echo" : ""));
                if (round == 2) {
                    turnlane.replaceProcessor(List.of());
                }
                put("/v1/agents/changing", Map.of("type", "echo", "description", "Round " + round + "."));
            }
            changing.set(false);
            for (Future<List<String>> asker : askers) {
                assertThat(asker.get()).contains("completed").doesNotContain("failed", "queued", "running");
            }
        }
    }

    private static ClientReply put(String path, Map<String, Object> definition) {
        return client.send("PUT", path, definition);
    }

    private static ClientReply ask(String session, String question, String agent, Map<String, Object> metadata) {
        return client.post("/v1/sessions/" + session + "/requests", body(question, agent, metadata));
    }

    private static ClientReply askAndWait(String session, String question, String agent, Map<String, Object> metadata) {
        return client.post(
                "/v1/sessions/" + session + "/requests", body(question, agent, metadata), "Prefer", "wait=30");
    }

    private static Map<String, Object> body(String question, String agent, Map<String, Object> metadata) {
        return Map.of("question", question, "agent", agent, "metadata", metadata);
    }

    private static List<Map<String, Object>> removed() {
        return client.get("/v1/agents").list("removed");
    }

    private static List<String> names() {
        return client.get("/v1/agents").list("agents").stream()
                .map(agent -> (String) agent.get("name"))
                .toList();
    }
}

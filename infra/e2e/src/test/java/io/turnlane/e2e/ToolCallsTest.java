package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ModelStream;
import io.turnlane.e2e.Client.ClientReply;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tools of agents: clients see each call while the agent works, and calls and artifacts are part of the stored answer.
 */
class ToolCallsTest {

    private static final HttpDouble model = new HttpDouble(Behaviour.oneAfterTheOther(
            Behaviour.events(ModelStream.toolCall("impermanent_loss", "{\"price_change", "_percent\":300}")),
            Behaviour.events(ModelStream.answer("It is 20 %."))));
    private static RunningTurnlane turnlane;
    private static Client client;

    @BeforeAll
    static void start() {
        turnlane = RunningTurnlane.start(1);
        client = new Client(turnlane.address());
    }

    @AfterAll
    static void stop() {
        client.close();
        turnlane.close();
        model.close();
    }

    @Test
    void aModelCallsATool() throws Exception {
        Map<String, Object> definition = Map.of(
                "type", "chat", "model", "m", "url", model.url("/v1").toString(), "tools", List.of("impermanent_loss"));
        assertThat(client.send("PUT", "/v1/agents/advisor", definition).status())
                .isEqualTo(201);
        JsonNode answer = askForTheLoss("advisor");
        assertThat(answer.path("text").asString()).isEqualTo("It is 20 %.");
        assertThat(model.requests()).hasSize(2);
    }

    @Test
    void theRetrievalAgentCalculates() throws Exception {
        assertThat(askForTheLoss("retrieval").path("text").asString())
                .startsWith("The impermanent loss is **20 %** if the price of one token rises by 300 %");
    }

    @Test
    void aDefinitionWithAToolThatNoProcessorHasChangesNothing() {
        Map<String, Object> definition =
                Map.of("type", "chat", "model", "m", "url", model.url("/v1").toString(), "tools", List.of("weather"));
        Eventually.holds(
                () -> { // after the first heartbeat of the processor
                    ClientReply reply = client.send("PUT", "/v1/agents/forecaster", definition);
                    assertThat(reply.status()).isEqualTo(400);
                    assertThat(reply.text("detail"))
                            .isEqualTo("tools has the unknown name weather; the tools are impermanent_loss, "
                                    + "liquidation_price, swap_quote.");
                });
    }

    /** Asks over a socket, checks the events of the tool, and returns the stored answer. */
    private static JsonNode askForTheLoss(String agent) throws InterruptedException {
        try (SocketClient socket = new SocketClient(turnlane.address())) {
            socket.send("""
                    {"type": "ask", "ref": "1", "session_id": "s-%s", "agent": "%s",
                     "question": "How much impermanent loss if ETH quadruples?"}""".formatted(agent, agent));
            String request = socket.await("accepted").path("request_id").asString();
            JsonNode call = socket.await("tool_call").path("event");
            assertThat(call.path("tool").asString()).isEqualTo("impermanent_loss");
            assertThat(call.path("outcome").asString()).isEqualTo("completed");
            assertThat(call.path("duration").asDouble(-1)).isNotNegative();
            JsonNode table = socket.await("artifact").at("/event/artifact");
            JsonNode chart = socket.await("artifact").at("/event/artifact");
            socket.await("completed");
            JsonNode answer = JsonMapper.shared()
                    .readTree(client.get("/v1/sessions/s-" + agent + "/requests/" + request)
                            .raw()
                            .body())
                    .path("answer");
            assertThat(answer.path("artifacts")).containsExactly(table, chart);
            JsonNode stored = answer.path("tool_calls");
            assertThat(stored).hasSize(1);
            for (String field : List.of("tool", "duration", "outcome")) {
                assertThat(stored.path(0).path(field)).isEqualTo(call.path(field));
            }
            assertThat(table.path("type").asString()).isEqualTo("table");
            assertThat(chart.at("/spec/layer/1/data/values/0/loss").asDouble()).isEqualTo(20);
            return answer;
        }
    }
}

package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ModelStream;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.RetryableAgentException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The spans of one turn are one tree: from the call over Kafka, lane, agent, model and tools to the delivery. */
class TraceTest {

    private static final String CLIENT_SPAN = "b7ad6b7169203331";
    private static final String SECRET = "What does my secret project cost?";
    private static final String ASK = "POST /v1/sessions/{sid}/requests";

    private static final HttpDouble model = new HttpDouble(Behaviour.oneAfterTheOther(
            Behaviour.events(ModelStream.toolCall("impermanent_loss", "{\"price_change", "_percent\":300}")),
            Behaviour.events(ModelStream.answer("Your secret answer."))));

    private static RunningTurnlane turnlane;
    private static Client client;

    private final String trace = UUID.randomUUID().toString().replace("-", "");
    private final String session = "s-" + trace;

    /** Agent whose first attempt fails. */
    private record UnreliableAgent() implements AgentFactory {

        @Override
        public AgentDescription description() {
            return new AgentDescription("unreliable", "Fails at first.", List.of());
        }

        @Override
        public Agent create() {
            return (_, _, _) -> {
                if (CurrentTurn.get().orElseThrow().attempt() == 1) {
                    throw new RetryableAgentException(ErrorCode.AGENT_ERROR, "failure requested by the test");
                }
                return Answer.ofText("done");
            };
        }
    }

    @BeforeAll
    static void start() {
        MemorySpans.configure();
        turnlane = RunningTurnlane.start(2, List.of(new UnreliableAgent()), "--turnlane.processor.retry.first=10ms");
        client = new Client(turnlane.address());
        Map<String, Object> definition = Map.of(
                "type", "chat", "model", "m", "url", model.url("/v1").toString(), "tools", List.of("impermanent_loss"));
        assertThat(client.send("PUT", "/v1/agents/advisor", definition).status())
                .isEqualTo(201);
    }

    @AfterAll
    static void stop() {
        client.close();
        turnlane.close();
        model.close();
        MemorySpans.reset();
    }

    @Test
    void theSpansOfATurnAreOneTree() {
        ask(trace, "echo", "01");
        Map<String, List<String>> tree = awaitTree(7);
        assertThat(tree)
                .isEqualTo(Map.of(
                        "client",
                        List.of(ASK),
                        ASK,
                        List.of("send turns"),
                        "send turns",
                        List.of("deliver wait", "process turns", "wait lane"),
                        "process turns",
                        List.of("invoke_agent echo", "send events")));
        assertThat(span("process turns").getAttributes().asMap())
                .containsEntry(AttributeKey.longKey("turnlane.attempt"), 1L)
                .containsEntry(AttributeKey.stringKey("gen_ai.conversation.id"), session);
    }

    @Test
    void callsOfModelsAndToolsArePartOfTheTree() {
        ask(trace, "advisor", "01");
        Map<String, List<String>> tree = awaitTree(10);
        assertThat(tree.get("invoke_agent advisor"))
                .containsExactly("chat m", "chat m", "execute_tool impermanent_loss");
        assertThat(span("chat m").getAttributes().asMap())
                .containsEntry(AttributeKey.stringKey("gen_ai.operation.name"), "chat")
                .containsEntry(AttributeKey.stringKey("gen_ai.request.model"), "m")
                .containsEntry(AttributeKey.stringKey("gen_ai.provider.name"), "other")
                .containsEntry(AttributeKey.stringKey("server.address"), "127.0.0.1")
                .containsKey(AttributeKey.longKey("gen_ai.usage.input_tokens"));
        assertThat(span("execute_tool impermanent_loss").getAttributes().asMap())
                .containsEntry(AttributeKey.stringKey("gen_ai.tool.name"), "impermanent_loss");
        assertThat(MemorySpans.ofTrace(trace).toString())
                .as("neither questions nor answers")
                .doesNotContain("secret");
    }

    @Test
    void everyAttemptOfATurnIsInTheSameTree() {
        ask(trace, "unreliable", "01");
        Map<String, List<String>> tree = awaitTree(9);
        assertThat(tree.get("send turns"))
                .containsExactly("deliver wait", "process turns", "process turns", "wait lane");
        List<SpanData> attempts = MemorySpans.ofTrace(trace).stream()
                .filter(span -> span.getName().equals("process turns"))
                .toList();
        assertThat(attempts)
                .extracting(span -> span.getAttributes().get(AttributeKey.longKey("turnlane.attempt")))
                .containsExactly(1L, 2L);
        assertThat(attempts.getFirst().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attempts.getFirst().getAttributes().get(AttributeKey.stringKey("error.type")))
                .isEqualTo("agent_error");
        assertThat(attempts.getLast().getStatus().getStatusCode()).isNotEqualTo(StatusCode.ERROR);
    }

    @Test
    void aStreamThatReceivesTheEndIsPartOfTheTree() {
        client.post(
                "/ask-stream",
                Map.of("question", SECRET, "agent", "echo", "session_id", session),
                "traceparent",
                traceparent(trace, "01"));
        assertThat(awaitTree(7).get("send turns")).containsExactly("deliver sse", "process turns", "wait lane");
    }

    @Test
    void aTraceThatTheClientDoesNotRecordHasNoSpans() {
        ask(trace, "echo", "00");
        String other = UUID.randomUUID().toString().replace("-", "");
        ask(other, "echo", "01");
        Eventually.holds(() -> assertThat(MemorySpans.ofTrace(other)).hasSize(7));
        assertThat(MemorySpans.ofTrace(trace)).isEmpty();
    }

    /** Asks within a trace and waits for the answer. */
    private void ask(String traceId, String agent, String flags) {
        Client.ClientReply reply = client.post(
                "/v1/sessions/" + session + "/requests",
                Map.of("question", SECRET, "agent", agent),
                "Prefer",
                "wait=30",
                "traceparent",
                traceparent(traceId, flags));
        assertThat(reply.text("status")).isEqualTo("completed");
    }

    private static String traceparent(String traceId, String flags) {
        return "00-" + traceId + "-" + CLIENT_SPAN + "-" + flags;
    }

    /** Waits for this number of spans and returns the names of all spans by the name of their parent. */
    private Map<String, List<String>> awaitTree(int spans) {
        Eventually.holds(() -> assertThat(MemorySpans.ofTrace(trace)).hasSize(spans));
        return tree();
    }

    private Map<String, List<String>> tree() {
        List<SpanData> spans = MemorySpans.ofTrace(trace);
        Map<String, String> names = spans.stream().collect(Collectors.toMap(SpanData::getSpanId, SpanData::getName));
        Function<SpanData, String> parent = span -> span.getParentSpanId().equals(CLIENT_SPAN)
                ? "client"
                : names.getOrDefault(span.getParentSpanId(), "missing");
        return spans.stream()
                .sorted((a, b) -> a.getName().compareTo(b.getName()))
                .collect(Collectors.groupingBy(parent, Collectors.mapping(SpanData::getName, Collectors.toList())));
    }

    private SpanData span(String name) {
        return MemorySpans.ofTrace(trace).stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}

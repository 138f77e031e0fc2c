package io.turnlane.processor.agent.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ModelStream;
import io.turnlane.doubles.ReceivedRequest;
import io.turnlane.model.Answer;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.ToolStep;
import io.turnlane.model.Usage;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.tool.ToolLimits;
import io.turnlane.processor.agent.tool.Toolbox;
import io.turnlane.processor.agent.tool.defi.DefiTools;
import io.turnlane.store.memory.Memory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Model service with one connection at a time, and agents that use it. */
final class TestModel implements AutoCloseable {

    static final double FIRST = 1.5;
    static final double IDLE = 0.8;
    static final double TOTAL = 4;

    static final String SECRET = "sk-secret-4711";

    private static final Toolbox TOOLS = new Toolbox(DefiTools.all(), ToolLimits.DEFAULT);

    final HttpDouble server;
    final ModelServices services = new ModelServices(
            reference -> Optional.of(SECRET).filter(_ -> reference.toString().contains("TEST_KEY")));

    TestModel(Behaviour behaviour) {
        server = new HttpDouble(behaviour);
    }

    /** Output of a turn, as clients receive it. */
    static final class Received implements AnswerSink {

        final Queue<String> deltas = new ConcurrentLinkedQueue<>();
        final Queue<String> stages = new ConcurrentLinkedQueue<>();
        final Queue<Map<String, Object>> artifacts = new ConcurrentLinkedQueue<>();
        final Queue<String> toolCalls = new ConcurrentLinkedQueue<>();
        final Queue<ToolStep> kept = new ConcurrentLinkedQueue<>();
        final Queue<Usage> usages = new ConcurrentLinkedQueue<>();
        final Queue<String> modelCalls = new ConcurrentLinkedQueue<>();

        @Override
        public void keep(ToolStep step) {
            kept.add(step);
        }

        @Override
        public void usage(String provider, Usage usage) {
            usages.add(usage);
        }

        @Override
        public void modelCall(
                String provider, String model, Duration waited, Duration duration, String outcome, Usage usage) {
            assertThat(duration).isGreaterThanOrEqualTo(waited);
            modelCalls.add(outcome + " " + usage.inputTokens() + "/" + usage.outputTokens());
        }

        @Override
        public void stage(String stage) {
            stages.add(stage);
        }

        @Override
        public void delta(String text) {
            deltas.add(text);
        }

        @Override
        public void artifact(Map<String, Object> artifact) {
            artifacts.add(artifact);
        }

        @Override
        public void toolCall(String tool, Duration duration, ToolOutcome outcome) {
            toolCalls.add(tool + " " + outcome);
        }

        @Override
        public void state(Map<String, Object> state) {
            throw new UnsupportedOperationException();
        }

        String text() {
            return String.join("", deltas);
        }
    }

    /** Returns the fields of a service at this server, with short time limits. */
    Map<String, Object> service(Map<String, Object> changes) {
        return service(server, changes);
    }

    static Map<String, Object> service(HttpDouble server, Map<String, Object> changes) {
        Map<String, Object> fields = new HashMap<>(Map.of(
                "model", "m",
                "url", server.url("/v1").toString(),
                "key", "${env:TEST_KEY}",
                "timeouts", Map.of("connect", 0.5, "first", FIRST, "idle", IDLE, "total", TOTAL),
                "limits", Map.of("concurrent", 1)));
        fields.putAll(changes);
        return fields;
    }

    ChatAgentFactory factory(Map<String, Object> changes) throws Exception {
        Map<String, Object> fields = service(changes);
        fields.put("type", "chat");
        return new ChatAgentFactory(
                AgentDefinition.read("support", fields), services, TOOLS, TurnLimits.DEFAULT, "USD");
    }

    Answer ask(Map<String, Object> changes, Received received) throws Exception {
        return ask(factory(changes), Memory.EMPTY, received);
    }

    static Answer ask(ChatAgentFactory factory, Memory memory, Received received) throws Exception {
        return factory.create().answer(new Question("What is a lane?", Map.of()), memory, received);
    }

    /** Checks that the service, which allows one call at a time, can be called again. */
    void checkReleased() throws Exception {
        await().until(() -> server.running() == 0);
        server.behave(Behaviour.events(ModelStream.answer("again")));
        assertThat(ask(Map.of(), new Received()).text()).isEqualTo("again");
    }

    List<String> bodies() {
        return server.requests().stream().map(ReceivedRequest::body).toList();
    }

    @Override
    public void close() {
        services.close();
        try {
            await().until(() -> server.connections() == 0);
        } finally {
            server.close();
        }
    }
}

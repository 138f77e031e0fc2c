package io.turnlane.processor.agent.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.ToolOutcome;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.CurrentTurn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolboxTest {

    private static final ToolLimits LIMITS = new ToolLimits(Duration.ofSeconds(30), 100);

    private final Examples examples = new Examples();
    private final ToolOutput output = new ToolOutput();

    /** Tools of the tests. */
    static final class Examples implements ToolMethods {

        record Place(String city, @Nullable String country) {}

        /** Holds calls of {@link #whoAsks} until ten of them run at the same time. */
        final CyclicBarrier together = new CyclicBarrier(10);

        final CountDownLatch started = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);

        @Tool("Returns a description of its arguments.")
        public String describe(
                int count,
                @P(name = "the_place", description = "a place") Place place,
                @P(required = false) @Nullable List<String> tags) {
            if (count < 0) {
                throw new IllegalArgumentException("count must not be negative");
            }
            return count + " " + place + " " + tags;
        }

        @Tool
        public ToolResult artifacts() {
            return new ToolResult("See the table.", List.of(Map.of("type", "table")));
        }

        @Tool
        public Map<String, Integer> object() {
            return Map.of("a", 1);
        }

        @Tool
        public void nothing() {}

        @Tool
        public String large() {
            return "é".repeat(1000);
        }

        @Tool
        public void broken() {
            throw new IllegalStateException("the password is 4711");
        }

        @Tool
        public void endless() throws InterruptedException {
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
        }

        @Tool
        public String whoAsks(int number) throws Exception {
            together.await();
            return CurrentTurn.get().orElseThrow().sessionId() + " " + number;
        }
    }

    /** Output of one turn. */
    private static final class ToolOutput implements AnswerSink {

        final List<String> calls = new ArrayList<>();
        final List<Map<String, Object>> artifacts = new ArrayList<>();

        @Override
        public void stage(String stage) {}

        @Override
        public void delta(String text) {}

        @Override
        public void artifact(Map<String, Object> artifact) {
            artifacts.add(artifact);
        }

        @Override
        public void toolCall(String tool, Duration duration, ToolOutcome outcome) {
            assertThat(duration).isGreaterThanOrEqualTo(Duration.ZERO);
            calls.add(tool + " " + outcome.wire());
        }
    }

    private Toolbox toolbox(ToolLimits limits) {
        return new Toolbox(List.of(examples), limits);
    }

    private ToolReply call(String tool, String arguments) throws InterruptedException {
        return toolbox(LIMITS).allow(List.of(tool)).call(tool, arguments, output);
    }

    @Test
    void callsAMethodWithItsArguments() throws Exception {
        ToolReply reply =
                call("describe", "{\"count\": 2, \"the_place\": {\"city\": \"Rome\", \"country\": \"Italy\"}}");
        assertThat(reply.text()).isEqualTo("2 Place[city=Rome, country=Italy] null");
        assertThat(reply.outcome()).isEqualTo(ToolOutcome.COMPLETED);
        assertThat(output.calls).containsExactly("describe completed");
        assertThat(call("object", "").text()).isEqualTo("{\"a\":1}");
        assertThat(call("nothing", "{}").text()).isEqualTo("Done.");
    }

    @Test
    void sendsArtifactsToClientsAndTextToTheCaller() throws Exception {
        ToolReply reply = call("artifacts", "{}");
        assertThat(reply.text()).isEqualTo("See the table.");
        assertThat(reply.artifacts()).containsExactly(Map.of("type", "table")).isEqualTo(output.artifacts);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"the_place": {"city": "Rome", "country": ""}}                        | 'count'
                    {"count": "two", "the_place": {"city": "Rome", "country": ""}}        | /count
                    {"count": 1.5, "the_place": {"city": "Rome", "country": ""}}          | /count
                    {"count": 1, "the_place": {"city": 1, "country": ""}}                 | /the_place/city
                    {"count": 1, "the_place": {"city": "Rome", "country": ""}, "tags": 1} | /tags
                    {"count": 1, "the_place": {"city": "Rome", "country": ""}, "more": 1} | 'more'
                    {"count": 99999999999, "the_place": {"city": "Rome", "country": ""}}  | type
                    {"count": -1, "the_place": {"city": "Rome", "country": ""}}           | count must not be negative
                    {"count": 1                                                           | not valid JSON
                    [1]                                                                   | object expected
                    """, quoteCharacter = '`')
    void reportsArgumentsThatAreNotValid(String arguments, String problem) throws Exception {
        ToolReply reply = call("describe", arguments);
        assertThat(reply.outcome()).isEqualTo(ToolOutcome.INVALID);
        assertThat(reply.text()).startsWith("The arguments are not valid: ").contains(problem);
        assertThat(output.calls).containsExactly("describe invalid");
    }

    @Test
    void hidesTheMessageOfAnExceptionAndCutsALargeResult() throws Exception {
        assertThat(call("broken", "{}")).isEqualTo(ToolReply.without(ToolOutcome.FAILED, "The tool failed."));
        assertThat(call("large", "{}").text()).isEqualTo("é".repeat(50) + "\n[The rest of the result is omitted.]");
    }

    @Test
    void interruptsAndAbandonsAToolThatExceedsItsTimeLimit() throws Exception {
        AllowedTools tools = toolbox(new ToolLimits(Duration.ofSeconds(2), 100)).allow(List.of("endless"));
        assertThat(tools.call("endless", "{}", output).outcome()).isEqualTo(ToolOutcome.TIMED_OUT);
        assertThat(output.calls).containsExactly("endless timed_out");
        assertThat(examples.interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void interruptsTheToolOfATurnThatIsStopped() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ToolReply> turn = executor.submit(() -> call("endless", "{}"));
            assertThat(examples.started.await(30, TimeUnit.SECONDS)).isTrue();
            turn.cancel(true);
            assertThat(examples.interrupted.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(output.calls).isEmpty();
        }
    }

    @Test
    void callsOnlyTheToolsThatTheAgentMayUse() throws Exception {
        AllowedTools tools = toolbox(LIMITS).allow(List.of("object"));
        assertThat(tools.specifications())
                .singleElement()
                .satisfies(one -> assertThat(one.name()).isEqualTo("object"));
        assertThat(tools.call("nothing", "{}", output).outcome()).isEqualTo(ToolOutcome.NOT_ALLOWED);
        assertThat(tools.call("no_such_tool", "{}", output).outcome()).isEqualTo(ToolOutcome.NOT_ALLOWED);
        assertThat(output.calls).containsExactly("nothing not_allowed", "no_such_tool not_allowed");
    }

    @Test
    void namesAToolThatTheProcessorLacks() {
        assertThatThrownBy(() -> toolbox(LIMITS).allow(List.of("object", "weather")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "tools has the unknown name weather; the tools are artifacts, broken, describe,");
    }

    @Test
    void rejectsTwoToolsOfOneNameAndAMethodThatCannotBeATool() {
        assertThatThrownBy(() -> new Toolbox(List.of(new Examples(), new Examples()), LIMITS))
                .hasMessageContaining("Two tools have the name ");
        ToolMethods primitive = new ToolMethods() {
            @Tool
            public void wrong(@P(required = false) int number) {}
        };
        assertThatThrownBy(() -> new Toolbox(List.of(primitive), LIMITS))
                .hasMessageContaining("wrong(int) cannot be a tool. An optional parameter must not be primitive.");
    }

    @Test
    void keepsTheCallsOfManyTurnsApart() throws Exception {
        AllowedTools tools = toolbox(LIMITS).allow(List.of("whoAsks", "artifacts"));
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> turns = IntStream.range(0, 500)
                    .mapToObj(i -> executor.submit(() -> turn(i).call(() -> {
                        ToolOutput own = new ToolOutput();
                        tools.call("artifacts", "{}", own);
                        ToolReply reply = tools.call("whoAsks", "{\"number\": " + i + "}", own);
                        assertThat(own.calls).containsExactly("artifacts completed", "whoAsks completed");
                        assertThat(own.artifacts).hasSize(1);
                        return reply.text();
                    })))
                    .toList();
            for (int i = 0; i < turns.size(); i++) {
                assertThat(turns.get(i).get()).isEqualTo("s-" + i + " " + i);
            }
        }
    }

    private static CurrentTurn turn(int number) {
        return new CurrentTurn(new RequestId(UUID.randomUUID()), new SessionId("s-" + number), null, 1, null);
    }
}

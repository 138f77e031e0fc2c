package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Source;
import io.turnlane.model.ToolCall;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.ToolStep;
import io.turnlane.model.ToolStep.ToolUse;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.Usage;
import io.turnlane.model.json.CanonicalJson;
import io.turnlane.model.json.IncomingJson;
import io.turnlane.model.json.JsonLimits;
import io.turnlane.processor.agent.TerminalAgentException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever an agent sends or returns, clients receive valid JSON, and the session can be exported and imported. */
class AgentOutputTest extends TurnTests {

    private static final String HALF = "half \ud83d";
    private static final String REPAIRED = "half \ufffd";

    @Test
    void repairsEveryTextOfAnAnswer() {
        agent = (question, remembered, sink) -> {
            sink.stage(HALF);
            sink.delta(HALF);
            sink.artifact(Map.of(HALF, HALF));
            return new Answer(
                    HALF,
                    0.5,
                    List.of(new Source(HALF, HALF, 1)),
                    List.of(Map.of(HALF, List.of(HALF))),
                    List.of(HALF),
                    Usage.NONE);
        };
        run();
        assertThat(types()).containsExactly("started", "stage", "delta", "artifact", "delta", "completed");
        assertThat(String.join("", deltas())).isEqualTo(REPAIRED);
        assertValidEvents();
        PastTurn stored = memory.history(ask.key()).getFirst();
        assertThat(stored.answer()).isEqualTo(REPAIRED);
        assertThat(stored.sources()).containsExactly(new Source(REPAIRED, REPAIRED, 1));
        assertThat(CanonicalJson.of(json(wire.writeValue(stored)))).isNotEmpty();
    }

    @Test
    void storesTheFirst100CallsOfToolsWithTheAnswer() {
        agent = (question, remembered, sink) -> {
            for (int i = 0; i < 101; i++) {
                sink.toolCall(HALF + i, Duration.ofMillis(i), ToolOutcome.FAILED);
            }
            return Answer.ofText("So.");
        };
        run();
        Answer stored = ((TurnEvent.Completed) events.getLast().body()).answer();
        assertThat(stored.toolCalls())
                .hasSize(100)
                .startsWith(new ToolCall(REPAIRED + 0, Duration.ZERO, ToolOutcome.FAILED))
                .endsWith(new ToolCall(REPAIRED + 99, Duration.ofMillis(99), ToolOutcome.FAILED));
        assertThat(types()).filteredOn("tool_call"::equals).hasSize(101);
        assertValidEvents();
    }

    @Test
    void keepsTheNewestToolStepsThatFitInTheHistory() {
        agent = (question, remembered, sink) -> {
            for (int i = 0; i < 5; i++) {
                sink.keep(new ToolStep(HALF, List.of(new ToolUse(HALF, HALF, "{}", i + "x".repeat(10_000)))));
            }
            sink.keep(new ToolStep("So.", List.of()));
            return Answer.ofText("So.");
        };
        run();
        List<ToolStep> kept = memory.history(ask.key()).getFirst().toolSteps();
        assertThat(kept).hasSize(4).endsWith(new ToolStep("So.", List.of()));
        assertThat(kept.getFirst())
                .isEqualTo(new ToolStep(
                        REPAIRED, List.of(new ToolUse(REPAIRED, REPAIRED, "{}", 2 + "x".repeat(10_000)))));
        assertThat(((TurnEvent.Completed) events.getLast().body()).toolSteps()).isEqualTo(kept);
        assertThat(wire.writeValue(kept)).hasSizeLessThan(ToolStep.MAX_BYTES + 10);
        assertValidEvents();
    }

    @Test
    void keepsNoToolStepsOfAnAttemptThatFailed() {
        agent = (question, remembered, sink) -> {
            sink.keep(new ToolStep(null, List.of(new ToolUse("1", "search", "{}", "found"))));
            throw new TerminalAgentException(ErrorCode.AGENT_ERROR, "no");
        };
        run();
        assertThat(memory.history(ask.key())).isEmpty();
    }

    @Test
    void joinsASurrogatePairThatIsSplitOverTwoDeltas() {
        agent = (question, remembered, sink) -> {
            sink.delta("a\ud83d");
            sink.stage("between");
            sink.delta("");
            sink.delta("\ude00b\ud83d");
            return Answer.ofText("a\ud83d\ude00b\ud83d");
        };
        run();
        assertThat(String.join("", deltas())).isEqualTo("a\ud83d\ude00b\ufffd");
        assertThat(memory.history(ask.key()).getFirst().answer()).isEqualTo("a\ud83d\ude00b\ufffd");
        assertValidEvents();
    }

    @Test
    void repairsAndCutsTheMessageOfAnError() {
        agent = (question, remembered, sink) -> {
            throw new TerminalAgentException(ErrorCode.USAGE_LIMIT, "x" + "\ud83d\ude00".repeat(400));
        };
        run();
        assertValidEvents();
        assertThat(quarantined.getFirst().error().message())
                .startsWith("x\ud83d\ude00")
                .endsWith("…")
                .hasSize(500);
    }

    @Test
    void repairsNumbersThatJsonDoesNotHave() {
        Map<String, Object> artifact = new HashMap<>();
        artifact.put("nan", Double.NaN);
        artifact.put("infinite", List.of(Float.NEGATIVE_INFINITY));
        artifact.put("exact", (1L << 53) + 1);
        artifact.put("huge", new BigInteger("9".repeat(400)));
        artifact.put("decimal", new BigDecimal("1e400"));
        artifact.put("fine", 0.25);
        sendAndReturn(artifact);
        Map<String, Object> expected = new HashMap<>();
        expected.put("nan", null);
        expected.put("infinite", Collections.singletonList(null));
        expected.put("exact", "9007199254740993");
        expected.put("huge", "9".repeat(400));
        expected.put("decimal", "1E+400");
        expected.put("fine", 0.25);
        assertThat(sent()).isEqualTo(expected);
        assertThat(returned()).isEqualTo(expected);
    }

    @Test
    void cutsArtifactsThatAreNestedTooDeep() {
        Map<String, Object> deep = Map.of("leaf", 1);
        for (int i = 0; i < 1_000; i++) {
            deep = Map.of("in", deep);
        }
        sendAndReturn(deep);
        JsonLimits.check(sent());
        JsonLimits.check(returned());
    }

    @Test
    void repairsValuesOfOtherTypesInArtifacts() {
        record Point(String label, double y, Instant at) {}
        sendAndReturn(Map.of("points", new Point[] {new Point(HALF, Double.NaN, NOW)}));
        JsonLimits.check(sent());
        assertThat(returned().toString()).contains(REPAIRED).contains("2026-11-21T06:00:00.000Z");
    }

    @Test
    void changesNumbersOutsideTheirRangeToTheNearestInIt() {
        assertThat(answered(1.0000001)).isEqualTo(1);
        assertThat(answered(-3.0)).isZero();
        assertThat(answered(Double.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(answered(Double.NaN)).isNull();
        assertThat(new Source("a", "A", Double.NaN).score()).isZero();
    }

    private static Double answered(double confidence) {
        return new Answer("", confidence, List.of(), List.of(), Usage.NONE).confidence();
    }

    private void sendAndReturn(Map<String, Object> artifact) {
        agent = (question, remembered, sink) -> {
            sink.artifact(artifact);
            return new Answer("", null, List.of(), List.of(artifact), Usage.NONE);
        };
        run();
        assertThat(types()).containsExactly("started", "artifact", "completed");
        assertValidEvents();
    }

    private Map<String, Object> sent() {
        return ((TurnEvent.ArtifactMade) events.get(1).body()).artifact();
    }

    private Map<String, Object> returned() {
        return ((TurnEvent.Completed) events.getLast().body())
                .answer()
                .artifacts()
                .getFirst();
    }

    private void assertValidEvents() {
        assertThat(events).allSatisfy(event -> {
            byte[] sent = wire.write(event);
            IncomingJson.check(sent);
            assertThat(CanonicalJson.of(json(sent))).isNotEmpty();
        });
    }

    private Map<String, Object> json(byte[] json) {
        try {
            return wire.readObject(json);
        } catch (UnreadableRecordException e) {
            throw new AssertionError(e);
        }
    }
}

package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.CalledModel;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Output that an agent streams while it works. */
class TurnStreamTest extends TurnTests {

    @Test
    void gathersSmallPiecesIntoFewerEvents() {
        List<Integer> timers = new ArrayList<>();
        agent = (question, remembered, sink) -> {
            for (String piece : List.of("a", "b", "c", "d")) {
                sink.delta(piece);
            }
            timers.add(delay.waiting());
            delay.pass(Duration.ofMillis(15));
            sink.delta("e");
            sink.delta("f");
            return Answer.ofText("abcdef");
        };
        run();
        assertThat(deltas()).containsExactly("a", "bcd", "ef");
        assertThat(timers)
                .as("the timer of the text and the agent's time limit")
                .containsExactly(2);
        assertThat(delay.waiting()).as("timers after the end").isZero();
        assertThat(events.stream()
                        .filter(event -> event.body() instanceof TurnEvent.Delta)
                        .map(event -> ((TurnEvent.Delta) event.body()).pos()))
                .containsExactly(0, 1, 4);
    }

    @Test
    void publishesTheCallsOfModelsWithTheEventThatEndsTheAttempt() {
        agent = (question, remembered, sink) -> {
            sink.modelCall("kimi", "k2", Duration.ofMillis(5), Duration.ofMillis(40), "completed", new Usage(1, 30, 7));
            sink.delta("a");
            return Answer.ofText("a");
        };
        run();
        assertThat(events)
                .extracting(event -> event.modelCalls().size())
                .as("calls in started, delta and completed")
                .containsExactly(0, 0, 1);
        TurnEvent end = events.getLast();
        assertThat(end.modelCalls())
                .containsExactly(new CalledModel(
                        "kimi",
                        "k2",
                        end.at().minusMillis(40),
                        Duration.ofMillis(5),
                        Duration.ofMillis(40),
                        "completed",
                        30,
                        7));
    }

    @Test
    void publishesTextAtOnceAfterAnIntervalWithoutText() {
        agent = (question, remembered, sink) -> {
            sink.delta("a");
            delay.pass(Duration.ofMillis(15));
            sink.delta("b");
            assertThat(deltas()).containsExactly("a", "b");
            return Answer.ofText("ab");
        };
        run();
        assertThat(types()).containsExactly("started", "delta", "delta", "completed");
    }

    @Test
    void publishesTextAtOnceAfterTheClockWasSetBack() {
        agent = (question, remembered, sink) -> {
            sink.delta("a");
            clockStep = Duration.ofMinutes(-5);
            sink.delta("b");
            sink.delta("c");
            return Answer.ofText("abc");
        };
        run();
        assertThat(deltas()).containsExactly("a", "b", "c");
    }

    @Test
    void keepsTheTimeAtWhichARefusedEventOccurred() {
        refusals = 1;
        agent = (question, remembered, sink) -> {
            delay.pass(Duration.ofMillis(100));
            return Answer.ofText("because");
        };
        run();
        assertThat(types()).containsExactly("started", "completed");
        assertThat(events).extracting(TurnEvent::at).containsExactly(NOW, NOW.plusMillis(100));
    }

    @Test
    void keepsABoundedNumberOfRefusedStages() {
        refusals = Integer.MAX_VALUE;
        agent = (question, remembered, sink) -> {
            for (int i = 0; i < 3_000; i++) {
                sink.stage("stage " + i);
            }
            refusals = 0;
            return Answer.ofText("because");
        };
        run();
        assertThat(types())
                .startsWith("started", "stage")
                .endsWith("stage", "completed")
                .hasSizeBetween(500, 1_002);
    }

    @Test
    void keepsABoundedNumberOfRefusedToolCalls() {
        refusals = Integer.MAX_VALUE;
        agent = (question, remembered, sink) -> {
            for (int i = 0; i < 3_000; i++) {
                sink.toolCall("search", Duration.ZERO, ToolOutcome.COMPLETED);
            }
            refusals = 0;
            return Answer.ofText("because");
        };
        run();
        assertThat(types()).endsWith("tool_call", "completed").hasSizeBetween(500, 1_002);
    }

    @Test
    void publishesGatheredTextBeforeOtherOutput() {
        agent = (question, remembered, sink) -> {
            sink.delta("a");
            sink.delta("b");
            sink.stage("thinking");
            sink.delta("c");
            sink.artifact(Map.of("rows", 1));
            sink.toolCall("search", Duration.ofMillis(20), ToolOutcome.TIMED_OUT);
            return Answer.ofText("abc");
        };
        run();
        assertThat(types())
                .containsExactly("started", "delta", "delta", "stage", "delta", "artifact", "tool_call", "completed");
    }

    @Test
    void neverSplitsACharacter() {
        String smileys = "😀".repeat(5_000);
        agent = (question, remembered, sink) -> {
            sink.delta("x" + smileys);
            return Answer.ofText("x" + smileys);
        };
        run();
        assertThat(deltas())
                .hasSizeGreaterThan(1)
                .allSatisfy(piece -> assertThat(piece.getBytes().length).isLessThanOrEqualTo(16_384));
        assertThat(String.join("", deltas())).isEqualTo("x" + smileys);
        assertThat(deltas()).noneMatch(piece -> Character.isLowSurrogate(piece.charAt(0)));
    }

    @Test
    void publishesTextAndArtifactsOfTheMaximumSize() {
        String text = "x".repeat(262_144);
        Map<String, Object> artifact = Map.of("rows", "x".repeat(524_288 - "{'rows':''}".length()));
        agent = (question, remembered, sink) -> {
            sink.delta(text);
            sink.artifact(artifact);
            return Answer.ofText(text);
        };
        run();
        assertThat(String.join("", deltas())).isEqualTo(text);
        assertThat(types()).endsWith("artifact", "completed");
    }
}

package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.agent.TerminalAgentException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Events that the Kafka client does not accept, because it does not know the topic yet or its buffer is full. */
class RefusedEventTest extends TurnTests {

    @Test
    void publishesARefusedStartBeforeTheNextEvents() {
        refusals = 1;
        agent = (question, remembered, sink) -> {
            sink.delta("because");
            return Answer.ofText("because");
        };
        run();
        assertThat(types()).containsExactly("started", "delta", "completed");
        assertThat(events.stream().map(TurnEvent::seq)).containsExactly(0, 1, 2);
    }

    @Test
    void publishesARefusedStartWhileTheAgentIsStillSilent() {
        refusals = 3;
        agent = (question, remembered, sink) -> {
            assertThat(types()).isEmpty();
            delay.pass(Duration.ofMillis(300));
            assertThat(types()).containsExactly("started");
            return Answer.ofText("because");
        };
        run();
        assertThat(types()).containsExactly("started", "completed");
        assertThat(delay.waiting()).as("timers that still run").isZero();
    }

    @Test
    void losesNoTextWhileTheLogAcceptsNothing() {
        agent = (question, remembered, sink) -> {
            sink.delta("be");
            delay.pass(Duration.ofMillis(15));
            refusals = 4;
            sink.delta("ca");
            sink.stage("thinking");
            sink.delta("use");
            return Answer.ofText("because");
        };
        run();
        assertThat(refusals).isZero();
        assertThat(types()).containsExactly("started", "delta", "delta", "stage", "delta", "completed");
        assertThat(String.join("", deltas())).isEqualTo("because");
        assertThat(events.stream().map(TurnEvent::seq)).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void publishesNoVoidTextBeforeAFailure() {
        refusals = 3;
        agent = (question, remembered, sink) -> {
            sink.delta("void");
            throw new TerminalAgentException(ErrorCode.AGENT_ERROR, "no");
        };
        run();
        assertThat(types()).containsExactly("started", "failed");
    }
}

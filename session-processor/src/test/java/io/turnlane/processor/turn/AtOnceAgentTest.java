package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.lane.LaneOutcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Agents that answer at once run on the thread of their lane. */
class AtOnceAgentTest extends TurnTests {

    @BeforeEach
    void noThread() {
        answersAtOnce = true;
        executor = _ -> {
            throw new AssertionError("a thread was started");
        };
    }

    @Test
    void startsNeitherAThreadNorATimer() {
        List<Integer> timers = new ArrayList<>();
        agent = (question, remembered, sink) -> {
            sink.delta("be");
            sink.delta("cause");
            timers.add(delay.waiting());
            return Answer.ofText("because");
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(timers).containsExactly(0);
        assertThat(types()).containsExactly("started", "delta", "delta", "completed");
        assertThat(events.stream().map(TurnEvent::seq)).containsExactly(0, 1, 2, 3);
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.COMPLETED);
    }

    @Test
    void publishesAllEventsTogetherAfterTheAnswerIsStored() {
        agent = (question, remembered, sink) -> {
            sink.delta("because");
            return Answer.ofText("because");
        };
        List<String> atCommit = new ArrayList<>();
        memory.duringCommit(() -> atCommit.addAll(types()));
        run();
        assertThat(atCommit).isEmpty();
        assertThat(types()).containsExactly("started", "delta", "completed");
    }

    @Test
    void publishesNoTextOfACancelledTurn() {
        agent = (question, remembered, sink) -> {
            sink.delta("some text");
            memory.requestCancel(ask.requestId());
            flights.cancel(ask.key(), ask.requestId());
            return Answer.ofText("some text");
        };
        run();
        assertThat(types()).containsExactly("started", "cancelled");
        assertThat(delay.waiting()).as("timers that still run").isZero();
    }

    @Test
    void hidesAnInterruptOfTheAgentFromLaterSteps() {
        agent = (question, remembered, sink) -> {
            Thread.currentThread().interrupt();
            return Answer.ofText("because");
        };
        List<Boolean> interrupted = new ArrayList<>();
        memory.duringCommit(() -> interrupted.add(Thread.currentThread().isInterrupted()));
        run();
        assertThat(interrupted).containsExactly(false);
    }

    @Test
    void retriesAfterAnErrorOfTheAgent() {
        agent = (question, remembered, sink) -> {
            sink.delta("void");
            throw new IllegalStateException("no");
        };
        assertThat(run()).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(types()).containsExactly("started", "retrying");
    }

    @Test
    void rejectsAnAnswerThatIsTooLarge() {
        agent = (question, remembered, sink) -> {
            sink.delta("x".repeat(262_145));
            return Answer.ofText("x");
        };
        run();
        assertThat(reports.getLast().code()).isEqualTo("answer_too_large");
        assertThat(types()).containsExactly("started", "failed");
    }
}

package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.RequestStatus;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.memory.FlightRef;
import io.turnlane.processor.memory.SessionMemory.BeginRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A turn whose partition leaves in good order while its agent works, and the next owner's. */
class LeavingTurnTest extends TurnTests {

    private final CountDownLatch answers = new CountDownLatch(1);

    @BeforeEach
    void startClock() {
        memory.clock(() -> delay.passed().toMillis());
    }

    @AfterEach
    void letThreadsEnd() {
        answers.countDown();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void letsTheAgentEndWithinTheHandover() {
        agent = (question, remembered, sink) -> {
            leave(Runnable::run);
            delay.pass(Duration.ofMillis(800));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            sink.delta("clients still hear this");
            return Answer.ofText("because");
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(types()).containsExactly("started", "delta", "completed");
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.COMPLETED);
        delay.pass(Duration.ofMillis(20)); // what gathers deltas
        assertThat(delay.waiting()).as("nobody is left to be stopped").isZero();
    }

    @Test
    void triesAgainWithinTheHandoverWhereMemoryIsAwayForAMoment() {
        agent = (question, remembered, sink) -> {
            leave(Runnable::run);
            memory.failNext(1);
            return Answer.ofText("because");
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.COMPLETED);
        assertThat(types()).containsExactly("started", "completed");
        assertThat(claim.completed).isOne();
    }

    @Test
    void triesAgainToTellTheLogWithinTheHandover() {
        agent = (question, remembered, sink) -> {
            leave(Runnable::run);
            logFailures = 1;
            return Answer.ofText("because");
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(types()).containsExactly("started", "completed", "completed");
        assertThat(claim.completed).isOne();
    }

    @Test
    void triesAgainToGiveTheTurnBackSoThatItCountsAsNoCrash() {
        agent = (question, remembered, sink) -> {
            leave(Runnable::run);
            delay.pass(Duration.ofMillis(900));
            memory.failNext(1);
            throw new InterruptedException();
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.QUEUED);
    }

    @Test
    void givesUpWhenTheHandoverIsOver() {
        pause = delay::pass;
        agent = (question, remembered, sink) -> {
            leave(Runnable::run);
            memory.failNext(1000);
            return Answer.ofText("because");
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.letGo).isOne();
        assertThat(delay.passed()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
        assertThat(delay.waiting()).isZero();
    }

    @Test
    void stopsTheAgentSoThatTheTurnIsGivenBackWithinTheHandover() {
        agent = (question, remembered, sink) -> {
            leave(Runnable::run);
            delay.pass(Duration.ofMillis(899));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            delay.pass(Duration.ofMillis(1));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            throw new InterruptedException();
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.letGo).isOne();
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.QUEUED);
    }

    @Test
    void stopsTheAgentAtOnceWhereMemoryRefuses() {
        agent = (question, remembered, sink) -> {
            memory.failNext(1);
            leave(Runnable::run);
            throw new InterruptedException();
        };
        run();
        assertThat(reports.getLast().outcome()).isEqualTo("released");
    }

    @Test
    void stopsTheAgentWhereMemoryDoesNotAnswerWithinTheRevocationsBudget() {
        agent = (question, remembered, sink) -> {
            leave(task -> Thread.ofVirtual().start(() -> {
                awaitAnswers();
                task.run();
            }));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            throw new InterruptedException();
        };
        run();
        assertThat(reports.getLast().outcome()).isEqualTo("released");
    }

    @Test
    void leavesARetryToTheNextOwnerWhoTriesAtOnce() {
        agent = (question, remembered, sink) -> {
            leave(Runnable::run);
            throw new IllegalStateException("no");
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.letGo).isOne();
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.RETRYING);

        claim.held = true;
        agent = (question, remembered, sink) -> Answer.ofText("because");
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.COMPLETED);
        assertThat(calls).hasValue(2);
    }

    @Test
    void waitsAtTheHeadOfItsLaneForTheFlightOfTheOwnerBefore() {
        FlightRef before = new FlightRef(ask.key(), ask.requestId(), "before", 1, 0, 7, NOW);
        memory.begin(new BeginRequest(before, ask, Map.of(), 42L, false, false));
        memory.startHandover(before, Duration.ofMillis(200));
        assertThat(run()).isEqualTo(new LaneOutcome.RunAgain(Duration.ofMillis(150)));
        delay.pass(Duration.ofMillis(150));
        assertThat(run())
                .as("no longer than there is to wait")
                .isEqualTo(new LaneOutcome.RunAgain(Duration.ofMillis(50)));
        assertThat(calls).hasValue(0);
        assertThat(events).isEmpty();

        delay.pass(Duration.ofMillis(50));
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(calls).hasValue(1);
    }

    private void leave(Executor toMemory) {
        claim.held = false;
        new Handover(flights, memory, toMemory, Duration.ofSeconds(1), Duration.ofMillis(20)).handOver(turn -> true);
    }

    private void awaitAnswers() {
        try {
            answers.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

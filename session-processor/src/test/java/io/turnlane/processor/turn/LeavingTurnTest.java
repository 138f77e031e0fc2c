package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.model.Answer;
import io.turnlane.model.RequestStatus;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Turns whose partition leaves in an orderly revocation while the agent works, and their next owner. */
class LeavingTurnTest extends TurnTests {

    private final CountDownLatch answers = new CountDownLatch(1);

    @AfterEach
    void releaseThreads() {
        answers.countDown();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void storesTheAnswerOfAnAgentThatEndsWithinTheHandover() {
        agent = (question, remembered, sink) -> {
            leave(Runnable::run);
            delay.pass(Duration.ofMillis(800));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            sink.delta("clients still receive this");
            return Answer.ofText("because");
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(types()).containsExactly("started", "delta", "completed");
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.COMPLETED);
        delay.pass(Duration.ofMillis(20)); // the delta interval
        assertThat(delay.waiting()).as("no timer is left").isZero();
    }

    @Test
    void doesNotBeginATurnWhosePartitionHasLeft() {
        claim.held = false;
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.released).isOne();
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.QUEUED);
        assertThat(calls).hasValue(0);
        assertThat(events).isEmpty();
    }

    @Test
    void delaysTheDepartureUntilAnAnswerIsStored() throws Exception {
        Thread pollThread = Thread.ofPlatform().unstarted(() -> leave(Runnable::run, Duration.ofMinutes(1)));
        memory.duringCommit(() -> {
            pollThread.start();
            await().atMost(Duration.ofSeconds(10)).until(() -> pollThread.getState() == Thread.State.TIMED_WAITING);
        });
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(pollThread.join(Duration.ofSeconds(10))).isTrue();
        assertThat(types()).containsExactly("started", "completed");
    }

    @Test
    void retriesWithinTheHandoverIfMemoryIsUnavailable() {
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
    void retriesPublishingWithinTheHandover() {
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
    void retriesTheReleaseSoThatTheFlightCountsAsNoCrash() {
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
    void givesUpWhenTheHandoverHasEnded() {
        pause = delay::pass;
        agent = (question, remembered, sink) -> {
            leave(Runnable::run);
            memory.failNext(1000);
            return Answer.ofText("because");
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.released).isOne();
        assertThat(delay.passed()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
        assertThat(delay.waiting()).isZero();
    }

    @Test
    void stopsTheAgentEarlyEnoughToReleaseTheTurnWithinTheHandover() {
        List<Boolean> interrupted = new ArrayList<>();
        agent = (question, remembered, sink) -> {
            leave(Runnable::run);
            delay.pass(Duration.ofMillis(899));
            interrupted.add(Thread.currentThread().isInterrupted());
            delay.pass(Duration.ofMillis(1));
            interrupted.add(Thread.currentThread().isInterrupted());
            throw new InterruptedException();
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(interrupted).containsExactly(false, true);
        assertThat(claim.released).isOne();
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.QUEUED);
    }

    @Test
    void stopsTheAgentAtOnceIfMemoryDoesNotConfirmTheHandover() {
        agent = (question, remembered, sink) -> {
            memory.failNext(1);
            leave(Runnable::run);
            throw new InterruptedException();
        };
        run();
        assertThat(reports.getLast().outcome()).isEqualTo("released");
    }

    @Test
    void stopsTheAgentIfMemoryDoesNotAnswerWithinTheRevocationBudget() {
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
    void leavesARetryToTheNextOwnerWithoutDelay() {
        agent = (question, remembered, sink) -> {
            leave(Runnable::run);
            throw new IllegalStateException("no");
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.released).isOne();
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.RETRYING);

        claim.held = true;
        agent = (question, remembered, sink) -> Answer.ofText("because");
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.COMPLETED);
        assertThat(calls).hasValue(2);
    }

    @Test
    void waitsAtTheHeadOfItsLaneForTheFlightOfThePreviousOwner() {
        FlightRef previous = new FlightRef(ask.key(), ask.requestId(), "before", 1, 0, 7, NOW);
        memory.begin(new BeginRequest(previous, ask, Map.of(), 42L, false, false, true, 0, Duration.ZERO, null));
        memory.startHandover(previous, Duration.ofMillis(200));
        assertThat(run()).isEqualTo(new LaneOutcome.RunAgain(Duration.ofMillis(150)));
        delay.pass(Duration.ofMillis(150));
        assertThat(run())
                .as("no longer than the rest of the handover")
                .isEqualTo(new LaneOutcome.RunAgain(Duration.ofMillis(50)));
        assertThat(calls).hasValue(0);
        assertThat(events).isEmpty();

        delay.pass(Duration.ofMillis(50));
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(calls).hasValue(1);
    }

    private void leave(Executor memoryExecutor) {
        leave(memoryExecutor, Duration.ofMillis(20));
    }

    private void leave(Executor memoryExecutor, Duration budget) {
        claim.held = false;
        new Handover(flights, memory, memoryExecutor, Duration.ofSeconds(1), budget).handOver(turn -> true);
    }

    private void awaitAnswers() {
        try {
            answers.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

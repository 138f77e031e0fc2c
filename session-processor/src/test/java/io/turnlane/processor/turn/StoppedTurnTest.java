package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.lane.LaneOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Turns that are stopped: interrupts, deadlines, abandoned agents and crash suspects. */
class StoppedTurnTest extends TurnTests {

    @Test
    void interruptsAnAgentThatTakesTooLong() {
        List<Boolean> interrupted = new ArrayList<>();
        agent = (question, remembered, sink) -> {
            delay.pass(Duration.ofSeconds(300).minusMillis(1));
            interrupted.add(Thread.currentThread().isInterrupted());
            delay.pass(Duration.ofMillis(1));
            interrupted.add(Thread.currentThread().isInterrupted());
            throw new InterruptedException();
        };
        assertThat(run()).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(interrupted).containsExactly(false, true);
        assertThat(Thread.currentThread().isInterrupted())
                .as("the interrupt ends with the agent")
                .isFalse();
        assertThat(reports.getLast().code()).isEqualTo("agent_timeout");
        assertThat(reports.getLast().phases()).containsKey(Phase.TIMEOUT).doesNotContainKey(Phase.ERROR);
    }

    @Test
    void releasesATurnWhosePartitionLeavesWhileTheAgentWorks() {
        agent = (question, remembered, sink) -> {
            flights.release(turn -> true);
            sink.delta("not the end of the turn");
            throw new InterruptedException();
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.released).isEqualTo(1);
        assertThat(claim.completed).isZero();
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.QUEUED);
        assertThat(types()).doesNotContain("completed", "failed");
    }

    @Test
    void publishesNothingForAnAttemptThatIsStoppedBeforeItsAgent() {
        memory.duringBegin(() -> flights.release(turn -> true));
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.released).isOne();
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.QUEUED);
        assertThat(calls).hasValue(0);
        assertThat(events).isEmpty();
    }

    /** The wake-up of the cancel arrives after the turn has begun. */
    @Test
    void cancelsATurnThatIsStoppedBeforeItsAgent() {
        memory.duringBegin(() -> flights.cancel(ask.key(), ask.requestId()));
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.CANCELLED);
        assertThat(calls).hasValue(0);
        assertThat(types()).containsExactly("cancelled");
    }

    @Test
    void stopsNoTurnOfAnotherSession() {
        agent = (question, remembered, sink) -> {
            flights.cancel(SessionKey.of("somebody else", SESSION), ask.requestId());
            return Answer.ofText("interrupted: " + Thread.currentThread().isInterrupted());
        };
        run();
        assertThat(memory.history(ask.key()).getLast().answer()).isEqualTo("interrupted: false");
    }

    @Test
    void storesAnAnswerThatArrivesAlthoughItsPartitionLeaves() {
        agent = (question, remembered, sink) -> {
            flights.release(turn -> true);
            return Answer.ofText("because");
        };
        run();
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.COMPLETED);
    }

    @Test
    void failsATurnWhoseDeadlinePasses() {
        memory.timeLeft(Duration.ofSeconds(2));
        agent = (question, remembered, sink) -> {
            delay.pass(Duration.ofSeconds(2));
            throw new InterruptedException();
        };
        run();
        assertThat(reports.getLast().code()).isEqualTo("deadline_exceeded");
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.FAILED);
    }

    @Test
    void delaysARetryNoLongerThanUntilTheDeadline() {
        memory.timeLeft(Duration.ofMillis(100));
        agent = (question, remembered, sink) -> {
            delay.pass(Duration.ofMillis(40));
            throw new IllegalStateException("no");
        };
        assertThat(run()).isEqualTo(new LaneOutcome.RunAgain(Duration.ofMillis(60)));
    }

    @Test
    void retriesAtOnceIfTheDeadlinePassedBeforeItsTimerRan() {
        memory.timeLeft(Duration.ofMillis(-5));
        agent = (question, remembered, sink) -> {
            throw new IllegalStateException("no");
        };
        assertThat(run()).isEqualTo(new LaneOutcome.RunAgain(Duration.ZERO));
    }

    @Test
    void discardsAnAnswerThatArrivesAfterTheTimeLimit() {
        agent = (question, remembered, sink) -> {
            delay.pass(Duration.ofSeconds(300));
            return Answer.ofText("too late");
        };
        assertThat(run()).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(reports.getLast().code()).isEqualTo("agent_timeout");
        assertThat(memory.history(ask.key())).isEmpty();
    }

    @Test
    void abandonsAnAgentThatIgnoresItsInterrupt() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        agent = (question, remembered, sink) -> {
            working.countDown();
            awaitIgnoringInterrupts(release);
            sink.delta("discarded");
            return Answer.ofText("discarded too");
        };
        executor = task -> Thread.ofVirtual().start(task);
        CompletableFuture<LaneOutcome> run = CompletableFuture.supplyAsync(this::run);
        assertThat(working.await(10, TimeUnit.SECONDS)).isTrue();
        delay.pass(Duration.ofSeconds(300));
        delay.pass(Duration.ofMillis(9_999));
        assertThat(flights.abandonedAgents())
                .as("within the grace period of 10 s")
                .isZero();
        assertThat(run).isNotDone();

        delay.pass(Duration.ofMillis(1));
        assertThat(run.get(10, TimeUnit.SECONDS)).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(reports.getLast().code()).isEqualTo("agent_timeout");
        assertThat(flights.abandonedAgents()).isEqualTo(1);
        int published = events.size();

        release.countDown();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> flights.abandonedAgents() == 0);
        assertThat(events).as("output of an abandoned agent is discarded").hasSize(published);
        assertThat(memory.history(ask.key())).isEmpty();
    }

    @Test
    void runsACrashSuspectOnlyIfNoOtherRuns() {
        memory.suspectAll();
        crashSuspectPermit.acquireUninterruptibly();
        assertThat(run()).as("another suspect runs").isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(calls).hasValue(0);
        crashSuspectPermit.release();
        agent = (question, remembered, sink) -> {
            assertThat(crashSuspectPermit.availablePermits()).isZero();
            return Answer.ofText("because");
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(types()).containsExactly("started", "completed");
        assertThat(crashSuspectPermit.availablePermits()).isOne();
    }

    @Test
    void waitsForABoundedTimeForFlightsWhoseAgentsHaveEnded() throws Exception {
        List<Boolean> waited = new ArrayList<>();
        agent = (question, remembered, sink) -> {
            waited.add(flights.awaitPastAgent(turn -> true, Duration.ofDays(1)));
            return Answer.ofText("because");
        };
        memory.duringCommit(() -> {
            flights.release(turn -> true);
            assertThat(Thread.currentThread().isInterrupted())
                    .as("a commit is never interrupted")
                    .isFalse();
            waited.add(awaitPastAgent(turn -> true, Duration.ofMillis(1)));
        });
        run();
        assertThat(waited)
                .as("returns at once while the agent works, and times out while its answer is stored")
                .containsExactly(true, false);
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.COMPLETED);
        assertThat(flights.awaitPastAgent(turn -> true, Duration.ZERO)).isTrue();
    }

    @Test
    void waitsForNoFlightOfAPartitionThatStays() {
        List<Boolean> waited = new ArrayList<>();
        memory.duringCommit(() -> waited.add(awaitPastAgent(turn -> false, Duration.ZERO)));
        run();
        assertThat(waited).containsExactly(true);
    }

    private boolean awaitPastAgent(Predicate<Turn> matching, Duration most) {
        try {
            return flights.awaitPastAgent(matching, most);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitIgnoringInterrupts(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // ignored on purpose
            }
        }
    }
}

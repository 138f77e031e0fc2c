package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnPolicy;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.store.memory.SessionRestore.RestoreResult;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Turns whose data in Redis was lost before or while they ran. */
class LostDataTest extends TurnTests {

    @Test
    void doesNotCallTheAgentTwiceIfMemoryWasLostMeanwhile() {
        memory.loseBeforeCommit();
        run();
        assertThat(calls).hasValue(1);
        assertThat(memory.history(ask.key())).hasSize(1);
        assertThat(types()).endsWith("completed");
    }

    @Test
    void leavesALostSessionToTheNextOwnerIfThePartitionLeftBeforeItWasRestored() {
        Ask earlier = ask("before?");
        run(turn(earlier, wire.write(earlier)));
        calls.set(0);
        events.clear();
        lost.onRebuild = this::losePartition;
        memory.accept(ask);
        memory.loseEverything();
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.released).isOne();
        assertThat(calls).hasValue(0);
        assertThat(events).isEmpty();
    }

    @Test
    void storesNoAnswerInALostSessionIfThePartitionLeftBeforeItWasRestored() {
        lost.onRebuild = this::losePartition;
        memory.loseBeforeCommit();
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.released).isOne();
        assertThat(memory.history(ask.key())).isEmpty();
        assertThat(types()).doesNotContain("completed");
    }

    @Test
    void endsACancelledTurnAlthoughMemoryWasLostDuringItsFlight() {
        agent = (question, remembered, sink) -> {
            memory.loseEverything();
            memory.accept(ask); // as a restored record, which names no flight
            memory.requestCancel(ask.requestId());
            return Answer.ofText("because");
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(types()).containsExactly("started", "cancelled");
        assertThat(claim.completed).isOne();
        assertThat(calls).hasValue(1);
    }

    @Test
    void countsAFailureOnceIfMemoryWasLostMeanwhile() {
        agent = (question, remembered, sink) -> {
            memory.loseEverything();
            throw new IllegalStateException("no");
        };
        assertThat(run()).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.RETRYING);
        assertThat(types()).containsExactly("started", "retrying");
        assertThat(calls).hasValue(1);
    }

    private RestoreResult losePartition() {
        claim.held = false;
        return RestoreResult.FENCED;
    }

    @Test
    void beginsATurnWithoutARequestRecordIfNothingWasLost() {
        Turn turn = turn(ask, wire.write(ask));
        memory.loseEverything(); // as if the gateway could not reach Redis: no other turn of the session has begun
        assertThat(run(turn)).isEqualTo(LaneOutcome.DONE);
        assertThat(types()).containsExactly("started", "completed");
        assertThat(lost.reports).isOne();
    }

    @Test
    void waitsAtTheHeadOfItsLaneWhileLostDataIsRebuilt() {
        Turn turn = turn(ask, wire.write(ask));
        memory.loseEverything();
        lost.lost = true;
        assertThat(run(turn)).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(events).isEmpty();
        assertThat(run(turn)).isEqualTo(LaneOutcome.DONE);
        assertThat(types()).containsExactly("started", "completed");
    }

    @Test
    void leavesATurnToTheNextOwnerIfThePartitionLeftDuringARebuild() {
        lost.checksUntilReady = 1;
        claim.held = false;
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.released).isOne();
        assertThat(events).isEmpty();
    }

    @Test
    void beginsATurnWhoseSessionCouldNotBeRestoredIfThePartitionIsHeld() {
        Ask earlier = ask("before?");
        run(turn(earlier, wire.write(earlier)));
        lost.onRebuild = () -> RestoreResult.FENCED;
        Turn turn = turn(ask, wire.write(ask));
        memory.loseEverything();
        assertThat(run(turn)).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.released).isZero();
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.COMPLETED);
    }

    @Test
    void keepsTheNumberOfTheAttemptWhoseDataWasLost() {
        agent = (question, remembered, sink) -> {
            throw new IllegalStateException("no");
        };
        run();
        agent = (question, remembered, sink) -> Answer.ofText("because");
        memory.loseBeforeCommit();
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        run(); // delivered again
        assertThat(types()).containsExactly("started", "retrying", "started", "completed", "completed");
        assertThat(events.getLast().attempt()).isEqualTo(2);
    }

    @Test
    void restoresTheSessionBeforeItEndsACancelledTurnWhoseDataWasLost() {
        agent = (question, remembered, sink) -> {
            memory.loseEverything();
            memory.accept(ask); // as a restored record, which names no flight
            memory.requestCancel(ask.requestId());
            flights.cancel(ask.key(), ask.requestId());
            throw new InterruptedException();
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(lost.rebuilt).isOne();
        assertThat(types()).containsExactly("started", "cancelled");
    }

    /** The processor in which the turn failed has no such agent. Another one offers it from then on. */
    @Test
    void storesAnOutcomeAlthoughAnotherProcessorOffersTheAgentByThen() {
        Ask other = new Ask(
                ask.requestId(),
                SESSION,
                null,
                "nobody",
                "?",
                Map.of(),
                Duration.ofHours(1),
                NOW,
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
        onEvent = event -> {
            memory.loseEverything();
            absentAgents = name -> Optional.of(Duration.ofMinutes(1));
            onEvent = next -> {};
        };
        assertThat(run(turn(other, wire.write(other)))).isEqualTo(LaneOutcome.DONE);
        assertThat(types()).containsExactly("started", "failed");
    }

    @Test
    void runsATurnAgainWhoseDataIsLostWheneverItsAnswerIsStored() {
        AtomicInteger commits = new AtomicInteger();
        memory.duringCommit(() -> {
            commits.incrementAndGet();
            memory.loseEverything();
        });
        assertThat(run()).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(commits).hasValue(5);
        assertThat(calls).hasValue(1);
        assertThat(claim.completed + claim.released).isZero();
    }
}

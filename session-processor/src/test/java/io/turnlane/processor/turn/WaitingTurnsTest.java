package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.SteppedExecutor;
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SessionMemory.BusyArrival;
import io.turnlane.store.memory.SessionMemory.PolicyDecision;
import io.turnlane.store.memory.TurnEnding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Waiting turns that a policy or a cancel ends, and turns that wait although a policy applies to them. */
class WaitingTurnsTest extends TurnTests {

    private final SteppedExecutor threads = new SteppedExecutor();
    private final LaneScheduler<SessionKey, Turn> lanes = new LaneScheduler<>(
            1, threads, delay, Turn::identity, (session, turn) -> LaneOutcome.DONE, (turn, e) -> {});
    private final Turn first = firstTurn();
    private int waitingCalls;

    @Test
    void decidesAfterANewerFenceWasAcquired() {
        claim.acquiresFenceAtOnce = false;
        pause = time -> claim.acquireFence();
        EndCause cause = new EndCause("session_busy", null);
        TurnEnding rejected = new TurnEnding(RequestStatus.REJECTED, 0, null, null, false, cause);
        memory.willDecide(new MemoryResult.Fenced(), new PolicyDecision(Map.of(ask.requestId(), rejected), List.of()));
        applyPolicy();
        assertThat(memory.arrivals())
                .extracting(arrival -> arrival.flight().fence())
                .containsExactly(1L, 2L);
        assertThat(types()).containsExactly("rejected");
        assertThat(claim.completed).isOne();
        assertThat(lanes.counts().items()).as("the turn has left its lane").isOne();
    }

    @Test
    void stopsTheRunningTurnThatAPolicyCancels() {
        Flight running = flights.open(first);
        running.enterAgent();
        memory.willDecide(new PolicyDecision(Map.of(), List.of(first.requestId())));
        applyPolicy();
        assertThat(running.stopReason()).isEqualTo(Flight.StopReason.CANCELLED);
    }

    @Test
    void publishesThePositionBehindTheTurnsThatAPolicyLeft() {
        EndCause cause = new EndCause("coalesced", ask.requestId());
        TurnEnding superseded = new TurnEnding(RequestStatus.SUPERSEDED, 0, null, null, false, cause);
        Ask second = ask("second");
        memory.willDecide(new PolicyDecision(Map.of(second.requestId(), superseded), List.of()));
        applyPolicy(turn(second, new byte[0]));
        assertThat(types()).containsExactly("superseded", "queued");
        assertThat(events.getLast().body()).isEqualTo(new TurnEvent.Queued(1, null, null));
    }

    /** The partition left and came back while the turn ran. */
    @Test
    void appliesNoPolicyToAnEarlierDeliveryOfTheSameQuestion() {
        Turn earlier = new Turn(ask.key(), ask.requestId(), first.envelope(), 0, 7, NOW, new FakeClaim());
        applyPolicy(earlier);
        assertThat(memory.arrivals())
                .singleElement()
                .satisfies(arrival -> assertThat(arrival.ahead()).containsExactly(first.requestId()));
    }

    @Test
    void ignoresAPolicyThatFailsThreeTimes() {
        List<Duration> pauses = new ArrayList<>();
        pause = pauses::add;
        memory.breakAlways();
        applyPolicy();
        assertThat(pauses).hasSize(3);
        assertThat(types()).containsExactly("queued");
        assertThat(waitingCalls).isOne();
        assertThat(lanes.counts().items()).as("the turn waits").isEqualTo(2);
    }

    @Test
    void interruptsTheAgentOfACancelledTurn() {
        List<Boolean> interrupted = new ArrayList<>();
        agent = (question, remembered, sink) -> {
            memory.requestCancel(ask.requestId());
            engine().waitingTurns(lanes, new AgentTimes(clock)).cancel(ask.key(), ask.requestId());
            interrupted.add(Thread.currentThread().isInterrupted());
            return Answer.ofText("because");
        };
        run();
        assertThat(interrupted).containsExactly(true);
        assertThat(types()).containsExactly("started", "cancelled");
    }

    @Test
    void endsACancelledTurnThatWaitsForItsNextAttemptAtOnce() {
        agent = (question, remembered, sink) -> {
            throw new IllegalStateException("no");
        };
        LaneScheduler<SessionKey, Turn> running =
                new LaneScheduler<>(1, threads, delay, Turn::identity, engine().runner(), (turn, e) -> {});
        running.offer(ask.key(), turn(ask, wire.write(ask)));
        threads.runAll();
        assertThat(types()).containsExactly("started", "retrying");
        memory.requestCancel(ask.requestId());
        engine().waitingTurns(running, new AgentTimes(clock)).cancel(ask.key(), ask.requestId());
        threads.runAll();
        assertThat(types()).containsExactly("started", "retrying", "cancelled");
        assertThat(running.counts().items()).isZero();
    }

    @Test
    void checksForALossBeforeARecordIsCreated() {
        memory.willDecide(new MemoryResult.DataMissing(false), new MemoryResult.DataMissing(false));
        lost.lost = true;
        applyPolicy();
        assertThat(memory.arrivals()).extracting(BusyArrival::lossRuledOut).containsExactly(false, false, true);
        assertThat(lost.reports).isEqualTo(2);
        assertThat(types()).containsExactly("queued");
        assertThat(waitingCalls).isOne();
    }

    @Test
    void decidesAgainAfterAnUnexpectedException() {
        memory.breakNext();
        applyPolicy();
        assertThat(memory.arrivals()).hasSize(1);
        assertThat(types()).containsExactly("queued");
        assertThat(waitingCalls).isOne();
    }

    @Test
    void leavesTheTurnToItsNextOwnerIfItsPartitionLeft() {
        memory.willDecide(new MemoryResult.Fenced());
        claim.held = false;
        applyPolicy();
        assertThat(events).isEmpty();
        assertThat(claim.completed).isZero();
    }

    /** Applies the policy of a turn behind a running one and the given waiting ones. */
    private void applyPolicy(Turn... waiting) {
        lanes.offer(ask.key(), first);
        for (Turn other : waiting) {
            lanes.offer(ask.key(), other);
        }
        Turn turn = turn(ask, wire.write(ask));
        lanes.offer(ask.key(), turn);
        engine().waitingTurns(lanes, new AgentTimes(clock)).applyPolicy(turn, () -> waitingCalls++);
        threads.stepLast();
    }

    private Turn firstTurn() {
        Turn turn = turn(ask("first"), new byte[0]);
        return new Turn(turn.session(), turn.requestId(), turn.envelope(), 0, 6, NOW, new FakeClaim());
    }
}

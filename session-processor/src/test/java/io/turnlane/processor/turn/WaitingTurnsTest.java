package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.EndCause;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.SteppedExecutor;
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SessionMemory.BusyArrival;
import io.turnlane.store.memory.SessionMemory.PolicyDecision;
import io.turnlane.store.memory.TurnEnding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Policies whose decision is not made at the first try. */
class WaitingTurnsTest extends TurnTests {

    private final SteppedExecutor threads = new SteppedExecutor();
    private final LaneScheduler<SessionKey, Turn> lanes = new LaneScheduler<>(
            1, threads, delay, Turn::identity, (session, turn) -> LaneOutcome.DONE, (turn, e) -> {});
    private int waitingCalls;

    @Test
    void decidesAfterRequestingANewerFence() {
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

    /** Applies the policy of a turn behind a running one. */
    private void applyPolicy() {
        FakeClaim other = new FakeClaim();
        Turn first = turn(ask("first"), new byte[0]);
        lanes.offer(ask.key(), new Turn(first.session(), first.requestId(), first.envelope(), 0, 6, NOW, other));
        Turn turn = turn(ask, wire.write(ask));
        lanes.offer(ask.key(), turn);
        engine().waitingTurns(lanes, new AgentTimes(clock)).applyPolicy(turn, () -> waitingCalls++);
        threads.stepLast();
    }
}

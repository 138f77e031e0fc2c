package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Priority;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.intake.TurnRecordHandler;
import io.turnlane.processor.lane.LaneCounts;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.SteppedExecutor;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Turns from the arrival of their record until they begin. The first turn of the session keeps its slot. */
class ArrivingTurnTest extends TurnTests {

    private static final Duration DEADLINE = Duration.ofSeconds(8);

    private final SteppedExecutor threads = new SteppedExecutor();
    private final LaneScheduler<SessionKey, Turn> lanes = new LaneScheduler<>(
            1, threads, delay, Turn::identity, (session, turn) -> LaneOutcome.DONE, (turn, e) -> {});
    private final WaitingTurns waiting = engine().waitingTurns(lanes, new AgentTimes(clock));
    private final TurnRecordHandler handler = new TurnRecordHandler(
            lanes,
            new Handover(flights, memory, Runnable::run, Duration.ofSeconds(1), Duration.ofMillis(20)),
            memory,
            waiting,
            engine().recordQuarantine(),
            skipped -> {},
            Runnable::run,
            clock);

    @Test
    void completesADuplicateOfATurnThatItsLaneHolds() {
        FakeClaim first = arrive(ask);
        FakeClaim duplicate = new FakeClaim();
        duplicate.lease = first.lease;
        arrive(ask, duplicate);
        assertThat(duplicate.completed).isOne();
        assertThat(first.completed).isZero();
        assertThat(lanes.counts()).isEqualTo(new LaneCounts(1, 1, 1));
    }

    @Test
    void completesTheRecordOfACancelAtOnce() {
        FakeClaim record = new FakeClaim();
        handler.onTurn(new Turn(
                ask.key(),
                ask.requestId(),
                new Turn.Envelope(CancelTurn.TYPE, WireFormat.SCHEMA_VERSION, null),
                0,
                7,
                NOW,
                record));
        assertThat(record.completed).isOne();
        assertThat(lanes.counts()).isEqualTo(new LaneCounts(0, 0, 0));
    }

    @Test
    void endsAWaitingTurnWhoseCancelArrivedBeforeIt() {
        arrive(ask("running"));
        memory.accept(ask);
        memory.requestCancel(ask.requestId());
        waiting.cancel(ask.key(), ask.requestId());
        FakeClaim cancelled = arrive(ask);
        threads.stepLast();
        assertThat(types()).containsExactly("queued", "cancelled");
        assertThat(cancelled.completed).isOne();
        assertThat(lanes.counts().items()).as("the running turn").isOne();
    }

    @Test
    void endsAWaitingTurnAtItsDeadline() {
        arrive(ask("running"));
        Ask urgent = within(DEADLINE);
        FakeClaim late = arrive(urgent);
        delay.pass(DEADLINE.minusMillis(1));
        assertThat(threads.waiting()).as("the running turn").isOne();
        delay.pass(Duration.ofMillis(1));
        threads.stepLast();
        assertThat(memory.status(urgent.requestId())).isEqualTo(RequestStatus.FAILED);
        assertThat(types()).containsExactly("queued", "failed");
        assertThat(late.completed).isOne();
        assertThat(lanes.counts().items()).isOne();
    }

    /** The clocks of processor and store differ, or the store was restored from an older copy. */
    @Test
    void checksAgainIfTheDeadlineHasNotPassedByTheClockOfTheStore() {
        arrive(ask("running"));
        Ask urgent = within(DEADLINE.multipliedBy(2));
        arrive(urgent, new FakeClaim(), DEADLINE);
        delay.pass(DEADLINE);
        threads.stepLast();
        assertThat(memory.status(urgent.requestId())).isEqualTo(RequestStatus.QUEUED);
        delay.pass(DEADLINE);
        threads.stepLast();
        assertThat(memory.status(urgent.requestId())).isEqualTo(RequestStatus.FAILED);
    }

    @Test
    void keepsNoTimerForADeadlineWhoseTurnRunsOrHasEnded() {
        arrive(within(DEADLINE));
        assertThat(delay.waiting()).as("its flight watches the deadline").isZero();
        FakeClaim second = arrive(within(DEADLINE));
        assertThat(delay.waiting()).isOne();
        second.complete();
        assertThat(delay.waiting()).isZero();
    }

    @Test
    void unloadsTheRecordsOfTurnsBehindTheFirst64() {
        List<FakeClaim> claims = new ArrayList<>();
        for (int i = 0; i < 66; i++) {
            claims.add(arrive(ask("question " + i)));
        }
        assertThat(claims.subList(0, 64)).noneMatch(claim -> claim.unloaded);
        assertThat(claims.subList(64, 66)).allMatch(claim -> claim.unloaded);
    }

    @Test
    void releasesTheWaitingTurnsOfALeavingPartitionAndHandsOverItsRunningTurn() {
        Flight running = startTurn();
        FakeClaim waits = arrive(ask("waits"));
        handler.onPartitionsLeaving(record -> true, true);
        assertThat(List.of(waits.released, waits.completed)).containsExactly(1, 0);
        assertThat(running.inHandover()).isTrue();
        assertThat(running.stopReason()).isNull();
    }

    @Test
    void stopsTheRunningTurnOfALostPartition() {
        Flight running = startTurn();
        handler.onPartitionsLeaving(record -> true, false);
        assertThat(running.stopReason()).isEqualTo(Flight.StopReason.RELEASED);
    }

    @Test
    void keepsTheTurnsOfOtherPartitions() {
        Flight running = startTurn();
        FakeClaim waits = arrive(ask("waits"));
        handler.onPartitionsLeaving(record -> false, false);
        assertThat(waits.released).isZero();
        assertThat(running.stopReason()).isNull();
        assertThat(lanes.counts().items()).isEqualTo(2);
    }

    /** Lets a turn arrive whose agent works. */
    private Flight startTurn() {
        arrive(ask, claim);
        Flight flight = flights.open(turn(ask, wire.write(ask)));
        memory.begin(new BeginRequest(flight.ref(), ask, Map.of(), 42L, false, false, true, 0, Duration.ZERO, null));
        flight.enterAgent();
        return flight;
    }

    private FakeClaim arrive(Ask question) {
        return arrive(question, new FakeClaim());
    }

    private FakeClaim arrive(Ask question, FakeClaim record) {
        return arrive(question, record, question.deadline());
    }

    private FakeClaim arrive(Ask question, FakeClaim record, Duration deadline) {
        memory.accept(question);
        record.value = wire.write(question);
        Turn.Envelope envelope = new Turn.Envelope(
                Ask.TYPE,
                WireFormat.SCHEMA_VERSION,
                42L,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                deadline == null ? null : NOW.plus(deadline),
                null,
                null,
                null);
        handler.onTurn(new Turn(question.key(), question.requestId(), envelope, 0, 7, NOW, record));
        return record;
    }

    private static Ask within(Duration deadline) {
        Ask question = ask("urgent");
        return new Ask(
                question.requestId(),
                SESSION,
                null,
                "test",
                question.question(),
                Map.of(),
                Duration.ofHours(1),
                NOW,
                deadline,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }
}

package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.EndCause;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.Usage;
import io.turnlane.store.memory.BeginResult.RunTurn;
import io.turnlane.store.memory.MemoryResult.AlreadyEnded;
import io.turnlane.store.memory.MemoryResult.DataMissing;
import io.turnlane.store.memory.MemoryResult.Erased;
import io.turnlane.store.memory.MemoryResult.Fenced;
import io.turnlane.store.memory.SessionMemory.BusyArrival;
import io.turnlane.store.memory.SessionMemory.DecideResult;
import io.turnlane.store.memory.SessionMemory.PolicyDecision;
import io.turnlane.store.memory.SessionMemory.StillWaiting;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Contract of the methods for turns that wait in their lane. */
abstract class WaitingContract extends SettleContract {

    private static final PolicyDecision NOTHING = new PolicyDecision(Map.of(), List.of());

    @Test
    void dismissEndsAWaitingTurnWhoseCancelWasRequested() {
        Ask ask = accepted("?");
        assertThat(memory().dismiss(flight(ask, 1))).isEqualTo(new StillWaiting(null));
        requestCancel(ask);
        AlreadyEnded cancelled = new AlreadyEnded(cancelled(EndCause.REQUESTED, null));
        assertThat(memory().dismiss(flight(ask, 1))).isEqualTo(cancelled);
        assertThat(memory().dismiss(flight(ask, 1))).isEqualTo(cancelled);
        assertThat(openRequests()).isZero();
        assertThat(history(1)).isEmpty();
    }

    @Test
    void dismissReturnsTheTimeUntilTheDeadlineAndEndsTheTurnAfterwards() {
        Ask soon = ask("soon", MINUTE, TurnPolicy.ENQUEUE);
        accept(soon);
        assertThat(((StillWaiting) memory().dismiss(flight(soon, 1))).timeLeft())
                .isBetween(MINUTE.minusSeconds(20), MINUTE);
        Ask late = late(ask("late"));
        decide(late, 1, true); // creates its record
        assertThat(memory().dismiss(flight(late, 1))).isEqualTo(failedWith(0, MemoryErrors.DEADLINE_EXCEEDED));
    }

    @Test
    void dismissLeavesATurnAloneThatHasBegunOrHasNoRecord() {
        Ask ask = accepted("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        requestCancel(ask);
        assertThat(memory().dismiss(flight(ask, 1))).isEqualTo(new StillWaiting(null));
        memory().release(flight, Usage.NONE);
        assertThat(memory().dismiss(flight(ask, 1))).as("was begun before").isEqualTo(new StillWaiting(null));
        Ask unknown = ask("without a record");
        assertThat(memory().dismiss(flight(unknown, 1))).isEqualTo(new StillWaiting(null));
    }

    @Test
    void dismissChecksErasedThenFencedThenEnded() {
        Ask ask = answered("?", 2);
        FlightRef before = flight(ask, 1);
        assertThat(memory().dismiss(before)).isEqualTo(new Fenced());
        assertThat(memory().dismiss(flight(ask, 2))).isInstanceOf(AlreadyEnded.class);
        delete(2);
        assertThat(memory().dismiss(before)).isEqualTo(new Erased());
    }

    @Test
    void decideLetsAQuestionWait() {
        Ask running = running("running");
        Ask ask = accepted("?", TurnPolicy.ENQUEUE);
        assertThat(decide(ask, 1, false, running)).isEqualTo(NOTHING);
        assertThat(begin(flight(ask, 1), ask)).isInstanceOf(RunTurn.class);
    }

    @Test
    void decideRejectsAQuestionBecauseOfTheOldestTurnThatStays() {
        Ask cancelled = running("is being cancelled");
        requestCancel(cancelled);
        Ask running = running("running");
        Ask ask = accepted("?", TurnPolicy.REJECT);
        TurnEnding rejected = new TurnEnding(
                RequestStatus.REJECTED, 0, null, null, false, new EndCause("session_busy", running.requestId()));
        PolicyDecision decision = new PolicyDecision(Map.of(ask.requestId(), rejected), List.of());
        assertThat(decide(ask, 1, false, cancelled, running)).isEqualTo(decision);
        assertThat(decide(ask, 1, false, cancelled, running)).as("decides once").isEqualTo(decision);
        assertThat(openRequests()).isEqualTo(2);
        Ask next = accepted("its session is free", TurnPolicy.REJECT);
        assertThat(decide(next, 1, false, ask)).isEqualTo(NOTHING);
    }

    @Test
    void decideCancelsWaitingTurnsAndMarksTurnsThatHaveBegun() {
        Ask running = accepted("running");
        FlightRef flight = flight(running, 1);
        begin(flight, running);
        Ask waiting = accepted("waiting");
        Ask ask = accepted("?", TurnPolicy.INTERRUPT);
        PolicyDecision decision = new PolicyDecision(
                Map.of(waiting.requestId(), cancelled("interrupted", ask.requestId())), List.of(running.requestId()));
        assertThat(decide(ask, 1, false, running, waiting)).isEqualTo(decision);
        assertThat(decide(ask, 1, false, running, waiting)).as("decides once").isEqualTo(decision);
        assertThat(commit(flight, running)).isEqualTo(new MemoryResult.CancelRequested());
        cancel(flight, running, false);
        assertThat(ending(running, 1).cause()).isEqualTo(new EndCause("interrupted", ask.requestId()));
        assertThat(history(1)).containsExactly("running");
    }

    @Test
    void decideRollsBackWithoutATraceInHistory() {
        Ask running = accepted("running");
        FlightRef flight = flight(running, 1);
        begin(flight, running);
        requestCancel(running);
        Ask ask = accepted("?", TurnPolicy.ROLLBACK);
        assertThat(decide(ask, 1, false, running))
                .isEqualTo(new PolicyDecision(Map.of(), List.of(running.requestId())));
        cancel(flight, running, false);
        assertThat(ending(running, 1).cause())
                .as("the first cancel counts")
                .isEqualTo(new EndCause(EndCause.REQUESTED, null));
        assertThat(history(1)).isEmpty();
    }

    @Test
    void decideMergesWaitingQuestionsOfTheSameAgent() {
        Ask running = running("running");
        Ask one = accepted("one");
        Ask two = accepted("two", TurnPolicy.COALESCE);
        decide(two, 1, false, running, one);
        Ask other = ask(new RequestId(UUID.randomUUID()), "x", Instant.now(), null, TurnPolicy.ENQUEUE, "other");
        accept(other);
        Ask three = accepted("three", TurnPolicy.COALESCE);
        TurnEnding superseded = new TurnEnding(
                RequestStatus.SUPERSEDED, 0, null, null, false, new EndCause("coalesced", three.requestId()));
        PolicyDecision decision = new PolicyDecision(Map.of(two.requestId(), superseded), List.of());
        assertThat(decide(three, 1, false, running, one, two, other)).isEqualTo(decision);
        assertThat(decide(three, 1, false, running, one, two, other)).isEqualTo(decision);
        assertThat(run(flight(three, 1), three).mergedQuestions()).containsExactly("one", "two");
    }

    @Test
    void decideMergesOnlyUpToTheMaximumSize() {
        Ask first = accepted("a".repeat(60_000));
        Ask second = accepted("b".repeat(60_000));
        Ask third = accepted("c".repeat(60_000), TurnPolicy.COALESCE);
        assertThat(((PolicyDecision) decide(third, 1, false, first, second)).ended())
                .containsOnlyKeys(second.requestId());
    }

    @Test
    void decideReturnsHowTheQuestionItselfEnded() {
        Ask running = running("running");
        Ask ask = accepted("?", TurnPolicy.INTERRUPT);
        requestCancel(ask);
        assertThat(decide(ask, 1, false, running))
                .as("a cancelled question changes nothing")
                .isEqualTo(NOTHING);
        memory().dismiss(flight(ask, 1));
        assertThat(decide(ask, 1, false, running))
                .isEqualTo(new PolicyDecision(Map.of(ask.requestId(), cancelled(EndCause.REQUESTED, null)), List.of()));
    }

    @Test
    void decideCreatesAMissingRecordOnlyAfterTheCheckForALoss() {
        Ask running = running("running");
        Ask ask = ask("?", null, TurnPolicy.REJECT);
        assertThat(decide(ask, 1, false, running)).isEqualTo(new DataMissing(false));
        assertThat(openRequests()).isOne();
        assertThat(((PolicyDecision) decide(ask, 1, true, running)).ended()).containsKey(ask.requestId());
        Ask lost = accepted("lost");
        loseRecord(lost);
        assertThat(decide(lost, 1, false, running)).isEqualTo(new DataMissing(true));
    }

    @Test
    void decideLeavesAnOldQuestionWithoutARecordToBegin() {
        Ask running = running("running");
        Ask ask = ask("?", null, TurnPolicy.REJECT);
        List<RequestId> ahead = List.of(running.requestId());
        assertThat(memory().decide(new BusyArrival(flight(ask, 1), ask, null, true, true, ahead)))
                .isEqualTo(NOTHING);
        assertThat(openRequests()).isOne();
    }

    @Test
    void decideChecksErasedThenFencedThenErasedByNameThenMissing() {
        Ask ask = answered("?", 1);
        FlightRef before = flight(ask, 1);
        delete(2);
        assertThat(memory().decide(new BusyArrival(before, ask, null, false, false, List.of())))
                .isEqualTo(new Erased());
        assertThat(decide(ask, 1, false)).isEqualTo(new Fenced());
        assertThat(decide(ask, 2, false)).isEqualTo(new Erased());
    }

    private Ask running(String question) {
        Ask ask = accepted(question);
        begin(flight(ask, 1), ask);
        return ask;
    }

    private DecideResult decide(Ask ask, long fence, boolean lossRuledOut, Ask... ahead) {
        List<RequestId> ids = List.of(ahead).stream().map(Ask::requestId).toList();
        return memory().decide(new BusyArrival(flight(ask, fence), ask, null, false, lossRuledOut, ids));
    }

    private static TurnEnding cancelled(String reason, RequestId by) {
        return new TurnEnding(RequestStatus.CANCELLED, 0, null, null, false, new EndCause(reason, by));
    }
}

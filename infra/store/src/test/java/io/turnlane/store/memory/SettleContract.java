package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.model.AgentStates;
import io.turnlane.model.EndCause;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.Usage;
import io.turnlane.store.memory.BeginResult.RunTurn;
import io.turnlane.store.memory.MemoryResult.AlreadyEnded;
import io.turnlane.store.memory.MemoryResult.CancelRequested;
import io.turnlane.store.memory.MemoryResult.Erased;
import io.turnlane.store.memory.MemoryResult.Fenced;
import io.turnlane.store.memory.MemoryResult.HandoverPending;
import io.turnlane.store.memory.SettleResult.Stored;
import io.turnlane.store.memory.SettleResult.TurnLost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Contract of the methods that end a flight, a turn or a session. */
abstract class SettleContract extends BeginContract {

    private static final TurnEnding CANCELLED =
            new TurnEnding(RequestStatus.CANCELLED, 1, null, null, false, new EndCause(EndCause.REQUESTED, null));

    @Test
    void commitStoresAnAnswerOnce() {
        Ask ask = accepted("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        assertThat(commit(flight, ask)).isInstanceOf(Stored.class);
        assertThat(commit(flight, ask)).isInstanceOf(Stored.class);
        assertThat(openRequests()).isZero();
        assertThat(history(1)).containsExactly("?");
    }

    @Test
    void commitStoresTheStatesOfAgentsForTheNextTurn() {
        Ask first = accepted("one");
        FlightRef flight = flight(first, 1);
        assertThat(run(flight, first).states()).isEqualTo(AgentStates.NONE);
        AgentStates states = state("step", 1).with("other", Map.of("cart", List.of("tea")));
        assertThat(commit(flight, first, states)).isInstanceOf(Stored.class);
        assertThat(commit(flight, first, state("step", 7)))
                .as("a repeated call")
                .isInstanceOf(Stored.class);
        answered("two", 1);
        assertThat(states(1)).isEqualTo(states);
        Ask third = accepted("three");
        FlightRef clearing = flight(third, 1);
        begin(clearing, third);
        commit(clearing, third, AgentStates.NONE);
        assertThat(states(1)).isEqualTo(AgentStates.NONE);
    }

    @Test
    void onlyACommitOfTheLatestFlightChangesTheStatesOfAgents() {
        Ask set = accepted("set");
        FlightRef flight = flight(set, 1);
        begin(flight, set);
        commit(flight, set, state("step", 1));

        Ask failed = accepted("fails");
        FlightRef failing = flight(failed, 1);
        begin(failing, failed);
        fail(failing, true);
        assertThat(commit(failing, failed, state("step", 2))).isInstanceOf(AlreadyEnded.class);

        Ask unwanted = accepted("cancelled");
        FlightRef cancelled = flight(unwanted, 1);
        begin(cancelled, unwanted);
        requestCancel(unwanted);
        assertThat(commit(cancelled, unwanted, state("step", 3))).isEqualTo(new CancelRequested());
        cancel(cancelled, unwanted, false);

        Ask moved = accepted("moves");
        FlightRef frozen = flight(moved, 1);
        begin(frozen, moved);
        FlightRef next = flight(moved, 2);
        begin(next, moved);
        assertThat(commit(frozen, moved, state("step", 4))).isEqualTo(new Fenced());
        fail(next, true);
        assertThat(states(2)).isEqualTo(state("step", 1));
    }

    /** The terminal event carries the states, and a crash can prevent its publication. */
    @Test
    void aRedeliveredTurnReturnsTheStatesThatItSet() {
        Ask set = accepted("set");
        FlightRef flight = flight(set, 1);
        begin(flight, set);
        commit(flight, set, state("step", 1));
        assertThat(ending(set, 1).states()).isEqualTo(state("step", 1));
        Ask other = answered("changes nothing", 1);
        assertThat(ending(other, 1).states()).isNull();
        Ask later = accepted("later");
        FlightRef changing = flight(later, 1);
        begin(changing, later);
        commit(changing, later, state("step", 2));
        assertThat(ending(set, 1).states()).as("no longer the last one").isNull();
    }

    @Test
    void aDeletionErasesTheStatesOfAgents() {
        Ask set = accepted("set");
        FlightRef flight = flight(set, 1);
        begin(flight, set);
        commit(flight, set, state("step", 1));
        delete(1);
        assertThat(states(1)).isEqualTo(AgentStates.NONE);
    }

    private static AgentStates state(String name, int value) {
        return AgentStates.NONE.with("echo", Map.of(name, value));
    }

    @Test
    void failStoresAFailureOnce() {
        Ask ask = accepted("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        assertThat(fail(flight, false)).isEqualTo(new Stored());
        assertThat(fail(flight, false)).isEqualTo(new Stored());
        assertThat(openRequests()).isOne();
        FlightRef last = flight(ask, 1);
        assertThat(run(last, ask).failures()).isOne();
        assertThat(fail(last, true)).isEqualTo(new Stored());
        assertThat(fail(last, true)).isEqualTo(new Stored());
        assertThat(openRequests()).isZero();
        assertThat(history(1)).isEmpty();
    }

    @Test
    void failReturnsTheEndThatANewOwnerStoredMeanwhile() {
        Ask poison = accepted("?");
        crash(poison, 2);
        FlightRef frozen = flight(poison, 1);
        memory().begin(alone(frozen, poison));
        begin(flight(poison, 2), poison);
        TurnEnding end = ending(poison, 2);
        assertThat(end.error()).isEqualTo(MemoryErrors.POISON);
        assertThat(fail(frozen, true)).isEqualTo(new AlreadyEnded(end));
        assertThat(fail(frozen, false)).isEqualTo(new AlreadyEnded(end));

        Ask unprocessable = accepted("?");
        FlightRef paused = flight(unprocessable, 2);
        begin(paused, unprocessable);
        memory().giveUp(flight(unprocessable, 3), null, MemoryErrors.POISON, 3);
        assertThat(fail(paused, true)).isEqualTo(new AlreadyEnded(ending(unprocessable, 3)));
    }

    @Test
    void cancelKeepsATurnThatHasBegunInHistory() {
        Ask ask = accepted("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        requestCancel(ask);
        assertThat(cancel(flight, ask, false)).isEqualTo(new AlreadyEnded(CANCELLED));
        assertThat(cancel(flight, ask, false)).isEqualTo(new AlreadyEnded(CANCELLED));
        assertThat(openRequests()).isZero();
        assertThat(history(1)).containsExactly("?");
    }

    @Test
    void cancelKeepsNoTurnThatHasNotBegun() {
        Ask ask = accepted("?");
        requestCancel(ask);
        assertThat(cancel(flight(ask, 1), ask, false)).isEqualTo(new TurnLost());
        assertThat(cancel(flight(ask, 1), ask, true)).isInstanceOf(AlreadyEnded.class);
        assertThat(history(1)).isEmpty();
    }

    @Test
    void cancelTakesOverATurnOfAnEarlierFlight() {
        Ask ask = accepted("?");
        begin(flight(ask, 1), ask);
        requestCancel(ask);
        FlightRef next = flight(ask, 2);
        assertThat(cancel(next, ask, false)).isEqualTo(new Fenced());
        assertThat(cancel(next, ask, true)).isEqualTo(new AlreadyEnded(CANCELLED));
    }

    @Test
    void anAcceptedCancelRejectsEveryOtherOutcome() {
        Ask ask = accepted("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        requestCancel(ask);
        assertThat(commit(flight, ask)).isEqualTo(new CancelRequested());
        assertThat(fail(flight, true)).isEqualTo(new CancelRequested());
    }

    @Test
    void onlyTheLatestFlightSettles() {
        Ask ask = accepted("?");
        FlightRef first = flight(ask, 1);
        begin(first, ask);
        FlightRef second = flight(ask, 1);
        begin(second, ask);
        assertThat(commit(first, ask)).isEqualTo(new Fenced());
        assertThat(fail(first, true)).isEqualTo(new Fenced());
        assertThat(cancel(first, ask, false)).isEqualTo(new Fenced());
        memory().release(second, Usage.NONE);
        assertThat(commit(second, ask)).as("was released").isEqualTo(new Fenced());
    }

    @Test
    void noFlightSettlesAfterANewerOwnerWroteToTheSession() {
        Ask ask = accepted("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        Ask other = accepted("of the newer owner");
        begin(flight(other, 2), other);
        assertThat(commit(flight, ask)).isEqualTo(new Fenced());
        assertThat(fail(flight, true)).isEqualTo(new Fenced());
        assertThat(cancel(flight, ask, true)).isEqualTo(new Fenced());
    }

    @Test
    void aFlightWhoseDataIsLostMustBeginAgain() {
        Ask ask = accepted("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        loseMemory();
        assertThat(commit(flight, ask)).isEqualTo(new TurnLost());
        assertThat(fail(flight, true)).isEqualTo(new TurnLost());
        assertThat(cancel(flight, ask, false)).isEqualTo(new TurnLost());
        accept(ask);
        assertThat(commit(flight, ask)).as("a gateway replaced the context").isEqualTo(new TurnLost());
        loseRecord(ask);
        assertThat(cancel(flight, ask, true)).isEqualTo(new TurnLost());
    }

    @Test
    void settlingChecksEndedBeforeFenced() {
        Ask ask = accepted("?");
        FlightRef frozen = flight(ask, 1);
        begin(frozen, ask);
        answer(ask, flight(ask, 2));
        assertThat(commit(frozen, ask)).isInstanceOf(AlreadyEnded.class);
        assertThat(fail(frozen, true)).isInstanceOf(AlreadyEnded.class);
        assertThat(cancel(frozen, ask, true)).isInstanceOf(AlreadyEnded.class);
    }

    @Test
    void settlingChecksLostBeforeFenced() {
        Ask ask = accepted("?");
        FlightRef frozen = flight(ask, 1);
        begin(frozen, ask);
        begin(flight(ask, 2), ask);
        loseMemory();
        assertThat(commit(frozen, ask)).isEqualTo(new TurnLost());
        assertThat(fail(frozen, true)).isEqualTo(new TurnLost());
        assertThat(cancel(frozen, ask, false)).isEqualTo(new TurnLost());
    }

    @Test
    void settlingChecksFencedBeforeCancel() {
        Ask ask = accepted("?");
        FlightRef frozen = flight(ask, 1);
        begin(frozen, ask);
        begin(flight(ask, 2), ask);
        requestCancel(ask);
        assertThat(commit(frozen, ask)).isEqualTo(new Fenced());
        assertThat(fail(frozen, true)).isEqualTo(new Fenced());
    }

    @Test
    void aReleasedFlightCountsAsNoCrash() {
        Ask ask = accepted("?");
        for (int i = 0; i < 5; i++) {
            FlightRef flight = flight(ask, 1);
            assertThat(begin(flight, ask)).isInstanceOf(RunTurn.class);
            memory().release(flight, Usage.NONE);
        }
    }

    @Test
    void aFlightThatStillMakesCallsCountsAsNoCrash() {
        Ask ask = accepted("?");
        FlightRef first = flight(ask, 1);
        FlightRef second = flight(ask, 1);
        FlightRef third = flight(ask, 1);
        begin(first, ask);
        begin(second, ask);
        memory().begin(alone(third, ask));
        memory().release(first, Usage.NONE);
        commit(second, ask);
        assertThat(begin(flight(ask, 1), ask)).as("one crash is left").isInstanceOf(RunTurn.class);
    }

    @Test
    void onlyTheFlightThatRunsIsHandedOver() {
        Ask ask = accepted("?");
        FlightRef first = flight(ask, 1);
        assertThat(memory().startHandover(first, MINUTE)).as("not begun").isFalse();
        begin(first, ask);
        FlightRef second = flight(ask, 1);
        begin(second, ask);
        assertThat(memory().startHandover(first, MINUTE)).as("not the latest").isFalse();
        Ask other = accepted("of a newer owner");
        begin(flight(other, 2), other);
        assertThat(memory().startHandover(second, MINUTE)).as("fenced").isFalse();
    }

    @Test
    void aRepeatedHandoverTakesNoLonger() {
        Ask ask = accepted("?");
        FlightRef before = flight(ask, 1);
        begin(before, ask);
        assertThat(memory().startHandover(before, Duration.ofMillis(100))).isTrue();
        assertThat(memory().startHandover(before, MINUTE)).isTrue();
        await().atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(begin(flight(ask, 2), ask)).isInstanceOf(RunTurn.class));
        assertThat(commit(before, ask)).isEqualTo(new Fenced());
    }

    @Test
    void giveUpEndsATurnAsFailedEvenIfItHasNoRecord() {
        FlightRef flight = flight(new RequestId(UUID.randomUUID()), 1);
        assertThat(memory().giveUp(flight, null, ERROR, 0)).isEqualTo(failedWith(0, ERROR));
        assertThat(memory().giveUp(flight, null, MemoryErrors.POISON, 3)).isEqualTo(failedWith(0, ERROR));
        Ask ask = accepted("?");
        assertThat(memory().giveUp(flight(ask, 1), null, ERROR, 3)).isEqualTo(failedWith(3, ERROR));
        assertThat(openRequests()).isZero();
    }

    @Test
    void giveUpChecksErasedThenFencedThenEndedThenHandoverThenCancel() {
        Ask ask = accepted("?");
        FlightRef leaving = flight(ask, 2);
        begin(leaving, ask);
        memory().startHandover(leaving, MINUTE);
        requestCancel(ask);
        assertThat(memory().giveUp(flight(ask, 1), null, ERROR, 3)).isEqualTo(new Fenced());
        assertThat(memory().giveUp(flight(ask, 2), null, ERROR, 3)).isInstanceOf(HandoverPending.class);
        memory().release(leaving, Usage.NONE);
        assertThat(memory().giveUp(flight(ask, 2), null, ERROR, 3)).isEqualTo(new AlreadyEnded(CANCELLED));
        FlightRef before = flight(ask, 1);
        assertThat(memory().giveUp(before, null, ERROR, 3)).isEqualTo(new Fenced());
        delete(2);
        assertThat(memory().giveUp(before, null, ERROR, 3)).isEqualTo(new Erased());
    }

    @Test
    void markQuarantinedIsPartOfTheEnding() {
        Ask ask = accepted("?");
        FlightRef flight = flight(ask, 1);
        memory().giveUp(flight, null, ERROR, 0);
        assertThat(ending(ask, 1).quarantined()).isFalse();
        memory().markQuarantined(flight);
        assertThat(ending(ask, 1).quarantined()).isTrue();
        memory().markQuarantined(flight(new RequestId(UUID.randomUUID()), 1));
    }

    @Test
    void deleteErasesTheSessionAndItsEndedRequests() {
        answered("before", 1);
        Ask open = accepted("asked after the deletion");
        FlightRef deletion = flight(new RequestId(UUID.randomUUID()), 1);
        assertThat(memory().delete(deletion)).isTrue();
        assertThat(memory().delete(deletion)).as("is delivered again").isTrue();
        assertThat(openRequests()).isOne();
        answer(open, flight(open, 1));
        assertThat(history(1)).containsExactly("asked after the deletion");
    }

    @Test
    void deleteChecksErasedBeforeFenced() {
        answered("?", 1);
        FlightRef deletion = delete(2);
        Ask next = accepted("next");
        begin(flight(next, 3), next);
        assertThat(memory().delete(deletion)).as("is delivered again").isTrue();
        FlightRef fenced = flight(new RequestId(UUID.randomUUID()), 2);
        assertThat(memory().delete(fenced)).isFalse();
        assertThat(history(3)).isEmpty();
    }

    @Test
    void deleteByAnOlderOwnerErasesNothing() {
        answered("?", 2);
        assertThat(memory().delete(flight(new RequestId(UUID.randomUUID()), 1))).isFalse();
        assertThat(history(2)).containsExactly("?");
    }
}

package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.MemoryIssue;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.Usage;
import io.turnlane.store.memory.BeginResult.AgentElsewhere;
import io.turnlane.store.memory.BeginResult.CrashSuspected;
import io.turnlane.store.memory.BeginResult.RunTurn;
import io.turnlane.store.memory.MemoryResult.AlreadyEnded;
import io.turnlane.store.memory.MemoryResult.CancelRequested;
import io.turnlane.store.memory.MemoryResult.DataMissing;
import io.turnlane.store.memory.MemoryResult.Erased;
import io.turnlane.store.memory.MemoryResult.Fenced;
import io.turnlane.store.memory.MemoryResult.HandoverPending;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract of {@link SessionMemory#begin}: each result, and the order in which it checks. */
abstract class BeginContract extends MemoryContract {

    @Test
    void beginRunsATurnAndCountsARepeatedCallOnce() {
        Ask ask = accepted("?");
        FlightRef flight = flight(ask, 1);
        assertThat(begin(flight, ask)).isEqualTo(new RunTurn(1, 0, null, Memory.EMPTY));
        assertThat(begin(flight, ask)).isEqualTo(new RunTurn(1, 0, null, Memory.EMPTY));
        assertThat(openRequests()).isOne();
    }

    @Test
    void beginReturnsTheNewestTurnsOldestFirst() {
        for (String question : new String[] {"a", "b", "c", "d"}) {
            answered(question, 1);
        }
        assertThat(history(1)).containsExactly("b", "c", "d");
    }

    @Test
    void beginReturnsTheTimeUntilTheDeadline() {
        Ask ask = ask("?", MINUTE, TurnPolicy.ENQUEUE);
        accept(ask);
        assertThat(run(flight(ask, 1), ask).timeLeft()).isBetween(MINUTE.minusSeconds(20), MINUTE);
    }

    @Test
    void beginNumbersAttemptsAndCountsFailuresSeparately() {
        Ask ask = accepted("?");
        FlightRef first = flight(ask, 1);
        begin(first, ask);
        fail(first, false);
        FlightRef second = flight(ask, 1);
        assertThat(begin(second, ask)).isEqualTo(new RunTurn(2, 1, null, Memory.EMPTY));
        memory().release(second, Usage.NONE);
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(new RunTurn(3, 1, null, Memory.EMPTY));
    }

    @Test
    void beginKeepsTheNumberOfAnAttemptThatHasCalledTheAgent() {
        Ask ask = accepted("?");
        BeginRequest again =
                new BeginRequest(flight(ask, 1), ask, Map.of(), null, false, true, true, 4, Duration.ZERO, null);
        assertThat(memory().begin(again)).isEqualTo(new RunTurn(4, 0, null, Memory.EMPTY));
    }

    @Test
    void beginReturnsHowTheTurnEnded() {
        Ask completed = answered("completed", 1);
        assertThat(ending(completed, 1).status()).isEqualTo(RequestStatus.COMPLETED);
        assertThat(ending(completed, 1).answer().text()).isEqualTo("a: completed");
        Ask failed = accepted("failed");
        FlightRef flight = flight(failed, 1);
        begin(flight, failed);
        fail(flight, true);
        assertThat(begin(flight(failed, 1), failed)).isEqualTo(failedWith(1, ERROR));
    }

    @Test
    void beginRunsASuspectAloneAndEndsItAsPoisonAtTheCrashLimit() {
        Ask ask = accepted("?");
        crash(ask, 2);
        FlightRef third = flight(ask, 1);
        assertThat(begin(third, ask)).isEqualTo(new CrashSuspected());
        assertThat(begin(third, ask)).as("counts nothing").isEqualTo(new CrashSuspected());
        assertThat(memory().begin(alone(third, ask))).isEqualTo(new RunTurn(3, 0, null, Memory.EMPTY));
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(failedWith(3, MemoryErrors.POISON));
        assertThat(openRequests()).isZero();
    }

    @Test
    void beginEndsATurnWhoseDeadlineHasPassed() {
        Ask ask = late(ask("?"));
        assertThat(memory().begin(afterCheck(flight(ask, 1), ask)))
                .isEqualTo(failedWith(0, MemoryErrors.DEADLINE_EXCEEDED));
    }

    @Test
    void beginEndsAnOldTurnWithoutARecordAsExpired() {
        Ask ask = ask("?");
        assertThat(memory().begin(old(flight(ask, 1), ask, true))).isEqualTo(failedWith(0, MemoryErrors.EXPIRED));
        Ask known = accepted("has a record");
        assertThat(memory().begin(old(flight(known, 1), known, true))).isInstanceOf(RunTurn.class);
    }

    @Test
    void beginLetsATurnWaitForItsAgentUpToALimit() {
        Ask ask = accepted("?");
        assertThat(memory().begin(withoutAgent(flight(ask, 1), ask, MINUTE))).isEqualTo(new AgentElsewhere(0, true));
        assertThat(memory().begin(withoutAgent(flight(ask, 1), ask, MINUTE))).isEqualTo(new AgentElsewhere(0, false));
        assertThat(memory().begin(withoutAgent(flight(ask, 1), ask, Duration.ZERO)))
                .isEqualTo(failedWith(0, MemoryErrors.UNKNOWN_AGENT));
    }

    @Test
    void beginReportsARecordThatWasPossiblyNeverStored() {
        Ask ask = ask("?");
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(new DataMissing(false));
        assertThat(memory().begin(afterCheck(flight(ask, 1), ask))).isInstanceOf(RunTurn.class);
    }

    @Test
    void beginReportsARecordThatWasCertainlyLost() {
        Ask ask = accepted("?");
        loseRecord(ask);
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(new DataMissing(true));
        assertThat(memory().begin(old(flight(ask, 1), ask, false)))
                .as("the record of an old turn can have expired")
                .isEqualTo(new DataMissing(false));
    }

    @Test
    void beginReportsALostSessionAndStartsItAgainAfterTheCheck() {
        answered("before", 1);
        loseMemory();
        Ask ask = accepted("?");
        FlightRef flight = flight(ask, 1);
        assertThat(begin(flight, ask)).isEqualTo(new DataMissing(true));
        assertThat(((RunTurn) memory().begin(afterCheck(flight, ask))).memoryIssue())
                .isEqualTo(MemoryIssue.RESET);
        commit(flight, ask);
        Ask next = accepted("next");
        assertThat(run(flight(next, 1), next).memoryIssue())
                .as("is reported until a turn was answered")
                .isNull();
    }

    @Test
    void beginRunsTheFirstTurnOfASessionWhoseContextWasLost() {
        Ask ask = accepted("?");
        loseMemory();
        assertThat(run(flight(ask, 1), ask).memoryIssue())
                .as("a session without turns has no history to lose")
                .isNull();
    }

    @Test
    void beginWaitsForTheEndOfAHandover() {
        Ask ask = accepted("?");
        FlightRef before = flight(ask, 1);
        begin(before, ask);
        assertThat(memory().startHandover(before, MINUTE)).isTrue();
        assertThat(begin(flight(ask, 2), ask))
                .isInstanceOfSatisfying(
                        HandoverPending.class,
                        pending -> assertThat(pending.left()).isBetween(MINUTE.minusSeconds(20), MINUTE));
        assertThat(commit(before, ask)).as("waiting changes nothing").isInstanceOf(SettleResult.Stored.class);
    }

    @Test
    void beginRejectsAnOlderFence() {
        Ask ask = accepted("?");
        begin(flight(ask, 2), ask);
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(new Fenced());
        delete(3);
        Ask next = accepted("after a deletion");
        assertThat(begin(flight(next, 2), next)).as("fence of the tombstone").isEqualTo(new Fenced());
    }

    @Test
    void beginRunsNoTurnThatWasLoggedBeforeADeletion() {
        Ask ask = accepted("?");
        FlightRef before = flight(ask, 1);
        Ask unpublished = accepted("logged later");
        delete(1);
        assertThat(begin(before, ask)).isEqualTo(new Erased());
        assertThat(begin(flight(unpublished, 1), unpublished))
                .as("was accepted before, but logged after the deletion")
                .isEqualTo(new RunTurn(1, 0, null, Memory.EMPTY));
    }

    @Test
    void beginRunsNoDuplicateOfAnErasedTurn() {
        Ask ask = answered("?", 1);
        delete(1);
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(new Erased());
    }

    @Test
    void beginReportsARequestedCancel() {
        Ask ask = accepted("?");
        requestCancel(ask);
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(new CancelRequested());
    }

    @Test
    void beginChecksErasedBeforeFenced() {
        Ask ask = accepted("?");
        FlightRef before = flight(ask, 1);
        delete(2);
        assertThat(begin(before, ask)).isEqualTo(new Erased());
    }

    @Test
    void beginChecksFencedBeforeEnded() {
        Ask ask = answered("?", 2);
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(new Fenced());
    }

    @Test
    void beginChecksFencedBeforeErasedByName() {
        Ask ask = answered("?", 1);
        delete(2);
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(new Fenced());
    }

    @Test
    void beginChecksFencedBeforeHandover() {
        Ask ask = accepted("?");
        FlightRef leaving = flight(ask, 2);
        begin(leaving, ask);
        memory().startHandover(leaving, MINUTE);
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(new Fenced());
    }

    @Test
    void beginChecksFencedBeforeMissing() {
        Ask ask = accepted("?");
        begin(flight(ask, 2), ask);
        loseMemory();
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(new Fenced());
    }

    @Test
    void beginChecksEndedBeforeMissing() {
        Ask ask = answered("?", 1);
        loseMemory();
        assertThat(begin(flight(ask, 1), ask)).isInstanceOf(AlreadyEnded.class);
    }

    @Test
    void beginChecksErasedByNameBeforeMissing() {
        Ask ask = answered("?", 1);
        delete(1);
        assertThat(memory().begin(old(flight(ask, 1), ask, false))).isEqualTo(new Erased());
    }

    @Test
    void beginChecksHandoverBeforeMissingAndCancel() {
        Ask ask = accepted("?");
        FlightRef leaving = flight(ask, 1);
        begin(leaving, ask);
        memory().startHandover(leaving, MINUTE);
        requestCancel(ask);
        loseMemory();
        assertThat(begin(flight(ask, 2), ask)).isInstanceOf(HandoverPending.class);
    }

    @Test
    void beginChecksMissingBeforeCancel() {
        answered("before", 1);
        Ask ask = accepted("?");
        requestCancel(ask);
        loseMemory();
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(new DataMissing(true));
        assertThat(memory().begin(afterCheck(flight(ask, 1), ask))).isEqualTo(new CancelRequested());
    }

    @Test
    void beginChecksCancelBeforePoison() {
        Ask ask = accepted("?");
        crash(ask, 3);
        requestCancel(ask);
        assertThat(begin(flight(ask, 1), ask)).isEqualTo(new CancelRequested());
    }

    @Test
    void beginChecksPoisonBeforeDeadlineAndAgent() {
        Ask ask = accepted("?");
        crash(ask, 3);
        Ask late = late(ask);
        assertThat(memory().begin(withoutAgent(flight(late, 1), late, Duration.ZERO)))
                .isEqualTo(failedWith(3, MemoryErrors.POISON));
    }

    @Test
    void beginChecksDeadlineBeforeAgent() {
        Ask ask = late(ask("?"));
        BeginRequest beginning =
                new BeginRequest(flight(ask, 1), ask, Map.of(), null, false, false, true, 0, Duration.ZERO, MINUTE);
        assertThat(memory().begin(beginning)).isEqualTo(failedWith(0, MemoryErrors.DEADLINE_EXCEEDED));
    }

    @Test
    void beginChecksAgentBeforeSuspect() {
        Ask ask = accepted("?");
        crash(ask, 2);
        assertThat(memory().begin(withoutAgent(flight(ask, 1), ask, MINUTE))).isEqualTo(new AgentElsewhere(2, true));
    }
}

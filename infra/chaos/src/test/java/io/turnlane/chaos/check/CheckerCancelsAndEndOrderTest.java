package io.turnlane.chaos.check;

import static io.turnlane.chaos.check.SmallRun.SECOND;
import static io.turnlane.chaos.check.SmallRun.canary;

import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.OperationOutcome;
import io.turnlane.chaos.history.TopicRecord;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs with a third turn, {@code a3}, that does not run to its end. */
final class CheckerCancelsAndEndOrderTest extends CheckerTests {

    /** Adds a question that is logged after {@code a2} and accepted while {@code a1} runs. */
    private void askA3() {
        long at = SECOND + 100_000;
        run.history.add(new HistoryLine.QuestionPosted(at, "client-a", "a", "k-a3", canary("a3")));
        run.turns.add(new TopicRecord(0, 2, "-:a", "a3", "ask", 0, 0, at, canary("a3"), null, null));
        run.history.removeIf(line -> line instanceof HistoryLine.OffsetRead read && read.partition() == 0);
        run.history.add(new HistoryLine.OffsetRead(9 * SECOND, "driver", 0, 3, 3));
    }

    /** Adds the end of {@code a3} at a position before or after the ends of the other turns. */
    private void endA3(String type, int attempt, String error, boolean first) {
        long at = first ? SECOND + 200_000 : 5 * SECOND;
        long offset = first ? -1 : 90;
        run.events.add(new TopicRecord(0, offset, "-:a", "a3", type, attempt, 0, at, null, null, error));
    }

    private void acceptCancel(String request, long at) {
        run.history.add(new HistoryLine.CancelAccepted(at, "client-a", "a", request));
    }

    private void callAgentOfA3(long at) {
        run.agents.add(new HistoryLine.AgentEntered(
                at, "processor-1", "a", "a3", 1, canary("a3"), List.of(canary("a1"), canary("a2"))));
        run.agents.add(new HistoryLine.AgentLeft(at + 10_000, "processor-1", "a", "a3", 1, OperationOutcome.INFO));
    }

    @Test
    void aCancelRecordIsNotAQuestion() throws IOException {
        askA3();
        run.turns.add(
                new TopicRecord(0, 3, "-:a", "cancel-1", "cancel_turn", 0, 0, SECOND + 150_000, null, null, null));
        run.history.removeIf(line -> line instanceof HistoryLine.OffsetRead read && read.partition() == 0);
        run.history.add(new HistoryLine.OffsetRead(9 * SECOND, "driver", 0, 4, 4));
        acceptCancel("a3", SECOND + 160_000);
        endA3("cancelled", 0, null, true);
        holds();
    }

    @Test
    void aCancelledTurnMayEndBeforeEarlierTurns() throws IOException {
        askA3();
        endA3("cancelled", 0, null, true);
        holds();
    }

    @Test
    void aTurnMayMissItsDeadlineBeforeEarlierTurnsEnd() throws IOException {
        askA3();
        endA3("failed", 0, "deadline_exceeded", true);
        holds();
    }

    @Test
    void aTurnThatHasBegunMayNotMissItsDeadlineBeforeEarlierTurnsEnd() throws IOException {
        askA3();
        endA3("failed", 1, "deadline_exceeded", true);
        breaks(Invariant.I3);
    }

    @Test
    void anyOtherFailureFollowsTheOrderOfTheLog() throws IOException {
        askA3();
        endA3("failed", 0, "agent_error", true);
        breaks(Invariant.I3);
    }

    /** The record of {@code a0} was deleted before a processor handled it. */
    @Test
    void aTurnWhoseRecordWasDeletedMayEndAfterLaterTurns() throws IOException {
        run.history.add(new HistoryLine.QuestionPosted(SECOND / 2, "client-a", "a", "k-a0", canary("a0")));
        run.turns.addFirst(new TopicRecord(0, -1, "-:a", "a0", "ask", 0, 0, SECOND / 2, canary("a0"), null, null));
        run.events.add(new TopicRecord(0, 90, "-:a", "a0", "failed", 0, 0, 5 * SECOND, null, null, "expired"));
        run.history.removeIf(line -> line instanceof HistoryLine.OffsetRead read && read.partition() == 0);
        run.history.add(new HistoryLine.OffsetRead(9 * SECOND, "driver", 0, 2, 2));
        holds();
    }

    @Test
    void theAgentIsCalledAfterACancelWasAccepted() throws IOException {
        askA3();
        acceptCancel("a3", 3 * SECOND);
        callAgentOfA3(5 * SECOND);
        endA3("cancelled", 1, null, false);
        breaks(Invariant.O11);
    }

    @Test
    void aCallThatBeganTogetherWithTheCancelIsAllowed() throws IOException {
        askA3();
        callAgentOfA3(4 * SECOND);
        acceptCancel("a3", 4 * SECOND - 50_000);
        endA3("cancelled", 1, null, false);
        holds();
    }

    @Test
    void aRequestEndsOtherwiseAlthoughItsCancelWasAccepted() throws IOException {
        askA3();
        acceptCancel("a3", SECOND + 150_000);
        endA3("failed", 0, "agent_error", false);
        breaks(Invariant.O11);
    }
}

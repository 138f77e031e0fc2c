package io.turnlane.chaos.check;

import static io.turnlane.chaos.check.SmallRun.SECOND;
import static io.turnlane.chaos.check.SmallRun.answer;
import static io.turnlane.chaos.check.SmallRun.canary;
import static io.turnlane.chaos.check.SmallRun.event;
import static io.turnlane.chaos.check.SmallRun.received;
import static io.turnlane.chaos.check.SmallRun.remembered;
import static io.turnlane.chaos.check.SmallRun.remove;
import static io.turnlane.chaos.check.SmallRun.replace;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.OperationOutcome;
import io.turnlane.chaos.history.StoredSession;
import io.turnlane.chaos.history.TopicRecord;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Checks the invariants of agent calls and streams with runs that barely keep them and with runs that violate them. */
final class CheckerAgentsAndStreamsTest extends CheckerTests {

    @Nested
    final class Mixing {

        @Test
        void anAnswerContainsAnotherSessionsCanary() throws IOException {
            replace(run.history, received("a1", 2), line -> delta("st-a1", "a", "a1", 2, 10, "c-b-1 two"));
            breaks(Set.of(Invariant.I5, Invariant.O10));
        }

        @Test
        void aStreamCarriesAnotherRequest() throws IOException {
            run.history.add(delta("st-a1", "b", "b9", 2, 0, null));
            breaks(Invariant.I5);
        }

        @Test
        void anAgentReceivesAnotherSessionsTurn() throws IOException {
            giveAgentOfA2(List.of(canary("b1")));
            breaks(Set.of(Invariant.I4, Invariant.I5));
        }

        @Test
        void memoryHoldsAnotherSessionsTurn() throws IOException {
            replace(
                    run.memory,
                    m -> m.session().equals("a"),
                    m -> new StoredSession(
                            "a", m.key(), List.of(remembered("a1"), remembered("b2")), 1, List.of(), List.of()));
            breaks(Set.of(Invariant.I4, Invariant.I5));
        }
    }

    @Nested
    final class AgentCalls {

        @Test
        void aFrozenOwnersCallMayOverlapTheNewOwners() throws IOException {
            replace(run.agents, entered("a1"), line -> call(line.time(), "processor-2", "a1", 1, List.of()));
            replace(
                    run.agents,
                    line -> line instanceof HistoryLine.AgentLeft out
                            && out.request().equals("a1"),
                    line -> new HistoryLine.AgentLeft(8 * SECOND, "processor-2", "a", "a1", 1, OperationOutcome.OK));
            run.agents.add(call(SECOND + 100_000, "processor-1", "a1", 2, List.of()));
            run.agents.add(
                    new HistoryLine.AgentLeft(SECOND + 450_000, "processor-1", "a", "a1", 2, OperationOutcome.OK));
            replace(run.events, event("a1", "completed", 3), r -> attempt(r, 2));
            holds();
        }

        @Test
        void twoTurnsOfASessionRanAtOnce() throws IOException {
            replace(
                    run.agents,
                    line -> line instanceof HistoryLine.AgentLeft out
                            && out.request().equals("a1"),
                    line -> new HistoryLine.AgentLeft(4 * SECOND, "processor-1", "a", "a1", 1, OperationOutcome.OK));
            breaks(Invariant.O1);
        }

        @Test
        void aTurnThatWasGivenUpMayStillRunInAFrozenProcess() throws IOException {
            replace(run.agents, entered("a1"), line -> call(line.time(), "processor-2", "a1", 1, List.of()));
            replace(
                    run.agents,
                    line -> line instanceof HistoryLine.AgentLeft out
                            && out.request().equals("a1"),
                    line -> new HistoryLine.AgentLeft(4 * SECOND, "processor-2", "a", "a1", 1, OperationOutcome.OK));
            replace(run.events, event("a1", "completed", 3), AgentCalls::poisoned);
            assertThat(run.check(folder).count(Invariant.O1)).isZero();
        }

        @Test
        void theLaterTurnRanFirst() throws IOException {
            replace(run.agents, entered("a2"), line -> call(SECOND / 2, "processor-1", "a2", 1, List.of(canary("a1"))));
            replace(
                    run.agents,
                    line -> line instanceof HistoryLine.AgentLeft out
                            && out.request().equals("a2"),
                    line -> new HistoryLine.AgentLeft(SECOND, "processor-1", "a", "a2", 1, OperationOutcome.OK));
            breaks(Invariant.O1);
        }

        @Test
        void anEndedTurnIsPassedToTheAgentAgain() throws IOException {
            run.agents.add(call(5 * SECOND, "processor-2", "a1", 2, List.of()));
            breaks(Invariant.O4);
        }

        @Test
        void anEndedTurnWhoseEndWasFlushedMayRunAgain() throws IOException {
            run.agents.add(call(5 * SECOND, "processor-2", "a1", 2, List.of()));
            run.fault("redis_flush", "redis", 4 * SECOND);
            holds();
        }

        @Test
        void aPreviousOwnerMayStillRunAnEarlierAttempt() throws IOException {
            replace(run.agents, entered("a1"), line -> call(line.time(), "processor-1", "a1", 2, List.of()));
            replace(
                    run.agents,
                    line -> line instanceof HistoryLine.AgentLeft out
                            && out.request().equals("a1"),
                    line -> new HistoryLine.AgentLeft(line.time(), "processor-1", "a", "a1", 2, OperationOutcome.OK));
            replace(run.events, event("a1", "completed", 3), r -> attempt(r, 2));
            run.agents.add(call(7 * SECOND, "processor-2", "a1", 1, List.of()));
            holds();
        }

        @Test
        void oneAttemptIsPassedToTheAgentTwice() throws IOException {
            run.agents.add(call(SECOND + 60_000, "processor-2", "a1", 1, List.of()));
            assertThat(run.check(folder).count(Invariant.O4)).isEqualTo(1);
        }

        @Test
        void aPreviousOwnerEndsTheTurn() throws IOException {
            run.agents.add(call(SECOND + 200_000, "processor-2", "a1", 2, List.of()));
            breaks(Invariant.O5);
        }

        @Test
        void twoAttemptsEndTheTurn() throws IOException {
            run.events.add(new TopicRecord(
                    0, 99, "-:a", "a1", "completed", 2, 0, 9 * SECOND, canary("a1"), answer("a1"), null));
            breaks(Invariant.O5);
        }

        private static Predicate<HistoryLine> entered(String request) {
            return line ->
                    line instanceof HistoryLine.AgentEntered in && in.request().equals(request);
        }

        private static HistoryLine call(long at, String process, String request, int attempt, List<String> history) {
            String session = request.substring(0, 1);
            return new HistoryLine.AgentEntered(at, process, session, request, attempt, canary(request), history);
        }

        private static TopicRecord poisoned(TopicRecord r) {
            return new TopicRecord(
                    r.partition(),
                    r.offset(),
                    r.key(),
                    r.request(),
                    "failed",
                    r.attempt(),
                    r.seq(),
                    r.timestamp(),
                    null,
                    null,
                    "poison");
        }

        private static TopicRecord attempt(TopicRecord r, int attempt) {
            return new TopicRecord(
                    r.partition(),
                    r.offset(),
                    r.key(),
                    r.request(),
                    r.type(),
                    attempt,
                    r.seq(),
                    r.timestamp(),
                    r.canary(),
                    r.text(),
                    null);
        }
    }

    @Nested
    final class ClientStreams {

        @Test
        void aBrokenStreamContinuesFromItsCursor() throws IOException {
            int cutAt = indexOf(received("a1", 2));
            run.history.add(
                    cutAt, new HistoryLine.StreamEnded(0, "client-a", "st-a1", 1, "a", HistoryLine.StreamEnd.CUT));
            run.history.add(cutAt + 1, new HistoryLine.StreamOpened(0, "client-a", "st-a1", 2, "a", "a1", "cur"));
            holds();
        }

        @Test
        void aStreamWithoutACursorStartsOver() throws IOException {
            int cutAt = indexOf(received("a1", 2));
            run.history.add(cutAt, new HistoryLine.StreamOpened(0, "client-a", "st-a1", 2, "a", "a1", null));
            run.history.add(cutAt + 1, run.history.get(indexOf(received("a1", 0))));
            run.history.add(cutAt + 2, run.history.get(indexOf(received("a1", 1))));
            holds();
        }

        @Test
        void anEventIsRepeatedAfterResuming() throws IOException {
            run.history.add(indexOf(received("a1", 2)), delta("st-a1", "a", "a1", 1, 0, canary("a1") + " one "));
            breaks(Invariant.O10);
        }

        @Test
        void anEventIsMissing() throws IOException {
            remove(run.history, received("a1", 1));
            breaks(Invariant.O10);
        }

        @Test
        void theLastEventBeforeTheEndIsMissing() throws IOException {
            remove(run.history, received("a1", 2));
            breaks(Invariant.O10);
        }

        @Test
        void textIsWithheldAfterAGap() throws IOException {
            replace(run.history, received("a1", 1), line -> plain("gap", null, null));
            remove(run.history, received("a1", 2));
            holds();
        }

        @Test
        void textContinuesAfterAGap() throws IOException {
            replace(run.history, received("a1", 1), line -> plain("gap", null, null));
            breaks(Invariant.O10);
        }

        @Test
        void aStreamHasTwoEnds() throws IOException {
            run.history.add(run.history.get(indexOf(received("a1", 3))));
            breaks(Invariant.O10);
        }

        @Test
        void aNewAttemptStartsOver() throws IOException {
            run.history.add(indexOf(received("a1", 3)), plain("started", 2, 0));
            holds();
        }

        @Test
        void textOfTwoAttemptsIsJoined() throws IOException {
            replace(
                    run.history,
                    received("a1", 2),
                    line -> new HistoryLine.EventReceived(
                            0,
                            "client-a",
                            "st-a1",
                            1,
                            "a",
                            "a1",
                            "delta",
                            "cur",
                            2,
                            1,
                            10,
                            canary("a1") + " two",
                            null));
            breaks(Invariant.O10);
        }

        @Test
        void anOlderAttemptSendsALateEvent() throws IOException {
            run.history.add(indexOf(received("a1", 1)), plain("started", 2, 0));
            breaks(Invariant.O10);
        }

        @Test
        void theTextShownIsNotAPrefixOfTheAnswer() throws IOException {
            replace(run.history, received("a1", 2), line -> delta("st-a1", "a", "a1", 2, 10, canary("a1") + " 2"));
            breaks(Invariant.O10);
        }

        @Test
        void aStreamNeverDeliversItsEnd() throws IOException {
            remove(run.history, received("a1", 3));
            remove(
                    run.history,
                    line -> line instanceof HistoryLine.StatusPolled poll && "completed".equals(poll.status()));
            breaks(Invariant.O10);
        }

        private static HistoryLine plain(String type, Integer attempt, Integer seq) {
            return new HistoryLine.EventReceived(
                    0, "client-a", "st-a1", 1, "a", "a1", type, "cur", attempt, seq, null, null, null);
        }

        private int indexOf(Predicate<HistoryLine> matches) {
            return run.history.indexOf(
                    run.history.stream().filter(matches).findFirst().orElseThrow());
        }
    }
}

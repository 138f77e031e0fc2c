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
import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.check.finding.Violation;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.StoredSession;
import io.turnlane.chaos.history.StoredSession.RememberedTurn;
import io.turnlane.chaos.history.TopicRecord;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Checks each invariant with a run that barely keeps it and with runs that violate it. */
final class CheckerTest extends CheckerTests {

    @Test
    void aRegularRunHoldsAndChecksEachInvariant() throws IOException {
        Verdict verdict = run.check(folder);
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.checked().keySet())
                // O4 and O5 share a check, and no request of this run is cancelled
                .containsAll(EnumSet.complementOf(EnumSet.of(Invariant.O5, Invariant.O11)));
        assertThat(verdict.notes()).isEmpty();
    }

    @Test
    void countsMoreViolationsThanItKeeps() throws IOException {
        for (int i = 0; i < 80; i++) {
            run.history.add(new HistoryLine.QuestionAccepted(
                    5 * SECOND, "client-z", "z", "z" + i, "k-z" + i, "c-z-" + i, 202, false));
        }
        Verdict verdict = run.check(folder);
        assertThat(verdict.count(Invariant.I1)).isEqualTo(80);
        assertThat(verdict.violations()).hasSize(50);
    }

    @Nested
    final class Ends {

        @Test
        void duplicatesOfAnEndAreOneEnd() throws IOException {
            run.events.add(run.events.stream()
                    .filter(event("a1", "completed", 3))
                    .findFirst()
                    .orElseThrow());
            holds();
        }

        @Test
        void anEndIsMissing() throws IOException {
            remove(run.events, event("a2", "completed", 3));
            remove(run.history, received("a2", 3));
            run.memory.clear();
            run.history.removeIf(
                    line -> line instanceof HistoryLine.StatusPolled || line instanceof HistoryLine.OffsetRead);
            Verdict verdict = run.check(folder);
            assertThat(verdict.violations())
                    .filteredOn(v -> v.invariant() == Invariant.I1)
                    .singleElement()
                    .satisfies(v -> assertThat(v.request()).isEqualTo("a2"));
        }

        @Test
        void twoDifferentEnds() throws IOException {
            run.events.add(new TopicRecord(0, 99, "-:a", "a1", "failed", 1, 0, 9 * SECOND, null, null, "poison"));
            breaks(Invariant.I1);
        }

        @Test
        void anAcceptedQuestionIsNotInTheLog() throws IOException {
            run.history.add(
                    new HistoryLine.QuestionAccepted(5 * SECOND, "client-a", "a", "a9", "k-a9", "c-a-9", 202, false));
            assertThat(breaks(Invariant.I1).evidence()).containsExactly("history.jsonl:" + run.history.size());
        }
    }

    @Nested
    final class UnknownOutcomes {

        @Test
        void aPostThatTimedOutMayHaveRun() throws IOException {
            replace(
                    run.history,
                    line -> line instanceof HistoryLine.QuestionAccepted ok
                            && ok.request().equals("a1"),
                    line -> new HistoryLine.QuestionUnresolved(
                            line.time(), "client-a", "a", "k-a1", canary("a1"), null, null, null));
            holds();
        }

        @Test
        void aPostThatTimedOutMayNotHaveRun() throws IOException {
            run.history.add(new HistoryLine.QuestionPosted(5 * SECOND, "client-a", "a", "k-a3", "c-a-3"));
            run.history.add(new HistoryLine.QuestionUnresolved(
                    6 * SECOND, "client-a", "a", "k-a3", "c-a-3", "unavailable", 503, "a3"));
            holds();
        }

        @Test
        void aRetryWithTheSameKeyIsTheSameRequest() throws IOException {
            run.history.add(new HistoryLine.QuestionPosted(5 * SECOND, "client-a", "a", "k-a1", canary("a1")));
            run.history.add(new HistoryLine.QuestionAccepted(
                    6 * SECOND, "client-a", "a", "a1", "k-a1", canary("a1"), 202, true));
            holds();
        }

        @Test
        void oneKeyLedToTwoRequests() throws IOException {
            run.history.add(new HistoryLine.QuestionUnresolved(
                    6 * SECOND, "client-a", "a", "k-a1", canary("a1"), null, 503, "a7"));
            breaks(Invariant.I2);
        }

        @Test
        void aRejectedQuestionRan() throws IOException {
            replace(
                    run.history,
                    line -> line instanceof HistoryLine.QuestionAccepted ok
                            && ok.request().equals("a1"),
                    line -> new HistoryLine.QuestionRejected(
                            line.time(), "client-a", "a", "k-a1", canary("a1"), "x", 429));
            breaks(Invariant.I2);
        }

        @Test
        void oneQuestionRanTwice() throws IOException {
            run.turns.add(new TopicRecord(0, 5, "-:a", "a5", "ask", 0, 0, 5 * SECOND, canary("a1"), null, null));
            breaks(Set.of(Invariant.I2, Invariant.I1));
        }
    }

    @Nested
    final class Order {

        @Test
        void aTurnEndsBeforeAnEarlierTurn() throws IOException {
            TopicRecord end = run.events.stream()
                    .filter(event("a1", "completed", 3))
                    .findFirst()
                    .orElseThrow();
            replace(
                    run.events,
                    event("a1", "completed", 3)::test,
                    record -> new TopicRecord(
                            0, 90, "-:a", "a1", "completed", 1, 3, end.timestamp(), end.canary(), end.text(), null));
            breaks(Invariant.I3);
        }

        @Test
        void aLaterQuestionIsEarlierInTheLog() throws IOException {
            replace(run.turns, r -> "a1".equals(r.request()), r -> moved(r, 7));
            run.agents.clear();
            run.memory.removeFirst();
            Verdict verdict = run.check(folder);
            assertThat(verdict.violations())
                    .filteredOn(v -> v.invariant() == Invariant.I3)
                    .extracting(Violation::what)
                    .anyMatch(what -> what.contains("was asked after"));
        }

        @Test
        void aSessionOnTwoPartitions() throws IOException {
            replace(
                    run.turns,
                    r -> "a2".equals(r.request()),
                    r -> new TopicRecord(1, 5, r.key(), "a2", "ask", 0, 0, r.timestamp(), r.canary(), null, null));
            assertThat(run.check(folder).violations())
                    .extracting(Violation::what)
                    .contains("its session is on two partitions");
        }

        @Test
        void anAttemptHasMissingEvents() throws IOException {
            remove(run.events, event("a1", "delta", 1));
            remove(run.history, received("a1", 1));
            breaks(Invariant.I3);
        }

        @Test
        void eventsMayBeMissingWhileTheBrokerWasDown() throws IOException {
            remove(run.events, event("a1", "delta", 1));
            remove(run.history, received("a1", 1));
            run.fault("kill", "broker", SECOND / 2);
            holds();
        }

        private static TopicRecord moved(TopicRecord r, long offset) {
            return new TopicRecord(
                    r.partition(), offset, r.key(), r.request(), "ask", 0, 0, r.timestamp(), r.canary(), null, null);
        }
    }

    @Nested
    final class MemoryContents {

        @Test
        void flushedTurnsMayBeMissing() throws IOException {
            memoryOfA("a2");
            run.fault("redis_flush", "redis", 2 * SECOND);
            holds();
        }

        @Test
        void aTurnIsMissing() throws IOException {
            memoryOfA("a2");
            breaks(Invariant.I4);
        }

        @Test
        void aTurnAppearsTwice() throws IOException {
            memoryOfA("a1", "a1", "a2");
            assertThat(breaks(Invariant.I4).what()).isEqualTo("memory holds a1 twice");
        }

        @Test
        void turnsAreOutOfOrder() throws IOException {
            memoryOfA("a2", "a1");
            breaks(Invariant.I4);
        }

        @Test
        void memoryNeverExpires() throws IOException {
            replace(
                    run.memory,
                    m -> m.session().equals("a"),
                    m -> new StoredSession("a", m.key(), m.turns(), -1, List.of(), m.requests()));
            breaks(Invariant.I4);
        }

        @Test
        void memoryHoldsAnUnreadableEntry() throws IOException {
            replace(
                    run.memory,
                    m -> m.session().equals("a"),
                    m -> new StoredSession(
                            "a",
                            m.key(),
                            List.of(remembered("a1"), remembered("a2"), new RememberedTurn("unreadable", null, null)),
                            1,
                            List.of(),
                            List.of()));
            breaks(Invariant.I4);
        }

        @Test
        void memoryOfASessionIsMissing() throws IOException {
            run.memory.removeFirst();
            breaks(Invariant.I4);
        }

        @Test
        void theAgentReceivesTooFewTurns() throws IOException {
            giveAgentOfA2(List.of());
            breaks(Invariant.I4);
        }

        @Test
        void theAgentReceivesATurnTwice() throws IOException {
            giveAgentOfA2(List.of(canary("a1"), canary("a1")));
            breaks(Invariant.I4);
        }

        private void memoryOfA(String... requests) {
            replace(
                    run.memory,
                    m -> m.session().equals("a"),
                    m -> new StoredSession(
                            "a",
                            m.key(),
                            List.of(requests).stream().map(SmallRun::remembered).toList(),
                            m.ttlMs(),
                            List.of(),
                            m.requests()));
        }
    }

    @Nested
    final class States {

        @Test
        void aPollThatWasSentBeforeTheEndMayNotKnowIt() throws IOException {
            run.poll("a1", SECOND + 505_000, "running");
            holds();
        }

        @Test
        void aPollMissesAnEndThatAStreamDelivered() throws IOException {
            run.poll("a1", SECOND + 511_000, "running");
            breaks(Invariant.I6);
        }

        @Test
        void aRunningTurnReturnsToAnEarlierAttempt() throws IOException {
            run.history.add(new HistoryLine.StatusPolled(
                    2 * SECOND, "client-9", SECOND + 300_000, "a", "a1", "queued", 0, null));
            breaks(Invariant.I6);
        }

        @Test
        void aPollReturnsAnotherEnd() throws IOException {
            run.poll("a1", 5 * SECOND, "failed");
            breaks(Invariant.I6);
        }

        @Test
        void theRecordIsStillRunning() throws IOException {
            replace(
                    run.memory,
                    m -> m.session().equals("a"),
                    m -> new StoredSession(
                            "a",
                            m.key(),
                            m.turns(),
                            m.ttlMs(),
                            List.of(),
                            List.of(new StoredSession.RequestState("a1", "running", 1))));
            breaks(Invariant.I6);
        }

        @Test
        void pollsWithoutASendTimeAreNoted() throws IOException {
            run.poll("a1", 0, "running");
            assertThat(run.check(folder).notes()).singleElement().asString().contains("1 polls");
        }
    }

    @Nested
    final class Settling {

        @Test
        void lagRemains() throws IOException {
            run.history.add(new HistoryLine.OffsetRead(10 * SECOND, "driver", 0, 2, 3));
            breaks(Invariant.I8);
        }

        @Test
        void aTurnEndsTooLate() throws IOException {
            TopicRecord late = new TopicRecord(
                    0, 95, "-:a", "a2", "completed", 1, 3, 20 * SECOND, canary("a2"), answer("a2"), null);
            replace(run.events, event("a2", "completed", 3), r -> late);
            replace(
                    run.history,
                    line -> line instanceof HistoryLine.OffsetRead c && c.partition() == 0 && c.offset() == 2,
                    line -> new HistoryLine.OffsetRead(30 * SECOND, "driver", 0, 2, 2));
            breaks(Invariant.I8);
        }

        @Test
        void aTurnEndsInTimeAfterTheLastHeal() throws IOException {
            TopicRecord late = new TopicRecord(
                    0, 95, "-:a", "a2", "completed", 1, 3, 20 * SECOND, canary("a2"), answer("a2"), null);
            replace(run.events, event("a2", "completed", 3), r -> late);
            replace(
                    run.history,
                    line -> line instanceof HistoryLine.OffsetRead c && c.partition() == 0 && c.offset() == 2,
                    line -> new HistoryLine.OffsetRead(30 * SECOND, "driver", 0, 2, 2));
            run.fault("freeze", "processor-1", 16 * SECOND);
            holds();
        }

        @Test
        void anEndedRequestIsStillOpen() throws IOException {
            replace(
                    run.memory,
                    m -> m.session().equals("a"),
                    m -> new StoredSession("a", m.key(), m.turns(), m.ttlMs(), List.of("a1"), m.requests()));
            breaks(Invariant.I8);
        }

        @Test
        void theCommittedOffsetPassesAnOpenTurn() throws IOException {
            run.history.add(new HistoryLine.OffsetRead(SECOND + 300_000, "driver", 0, 1, 1));
            run.history.add(new HistoryLine.OffsetRead(10 * SECOND, "driver", 0, 2, 2));
            breaks(Invariant.I9);
        }

        @Test
        void theHistoryHasNoCommittedOffsets() throws IOException {
            remove(run.history, line -> line instanceof HistoryLine.OffsetRead);
            assertThat(run.check(folder).notes()).singleElement().asString().contains("no committed offsets");
        }
    }
}

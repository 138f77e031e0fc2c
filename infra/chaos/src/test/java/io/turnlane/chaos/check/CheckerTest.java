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
import io.turnlane.chaos.history.Line;
import io.turnlane.chaos.history.Outcome;
import io.turnlane.chaos.history.SessionState;
import io.turnlane.chaos.history.SessionState.RememberedTurn;
import io.turnlane.chaos.history.TopicRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each promise: a run that keeps it near its edge, and runs that break it. */
final class CheckerTest {

    @TempDir
    Path folder;

    private final SmallRun run = new SmallRun();

    private void holds() throws IOException {
        assertThat(run.check(folder).violations()).isEmpty();
    }

    private Violation breaks(Invariant invariant) throws IOException {
        Verdict verdict = run.check(folder);
        assertThat(verdict.clean()).isFalse();
        assertThat(verdict.violations()).extracting(Violation::invariant).containsOnly(invariant);
        assertThat(verdict.violations().getFirst().evidence()).isNotEmpty();
        return verdict.violations().getFirst();
    }

    /** For what can't be broken without breaking something else too. */
    private void breaks(Set<Invariant> invariants) throws IOException {
        assertThat(run.check(folder).counts().keySet()).isEqualTo(invariants);
    }

    @Test
    void anHonestRunHoldsEverythingAndEachInvariantWasLookedAt() throws IOException {
        Verdict verdict = run.check(folder);
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.checked().keySet())
                .containsAll(EnumSet.complementOf(EnumSet.of(Invariant.O5))); // O5 is judged where O4 is
        assertThat(verdict.notes()).isEmpty();
    }

    @Test
    void violationsAreCountedBeyondWhatIsKept() throws IOException {
        for (int i = 0; i < 80; i++) {
            run.history.add(new Line.Accepted(5 * SECOND, "client-z", "z", "z" + i, "k-z" + i, "c-z-" + i, 202, false));
        }
        Verdict verdict = run.check(folder);
        assertThat(verdict.count(Invariant.I1)).isEqualTo(80);
        assertThat(verdict.violations()).hasSize(50);
    }

    @Nested
    final class Ends {

        @Test
        void twinsOfAnEndAreOneEnd() throws IOException {
            run.events.add(run.events.stream()
                    .filter(event("a1", "completed", 3))
                    .findFirst()
                    .orElseThrow());
            holds();
        }

        @Test
        void aLostEnd() throws IOException {
            remove(run.events, event("a2", "completed", 3));
            remove(run.history, received("a2", 3));
            run.memory.clear();
            run.history.removeIf(line -> line instanceof Line.Polled || line instanceof Line.Committed);
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
        void acceptedAndNotInTheLog() throws IOException {
            run.history.add(new Line.Accepted(5 * SECOND, "client-a", "a", "a9", "k-a9", "c-a-9", 202, false));
            assertThat(breaks(Invariant.I1).evidence()).containsExactly("history.jsonl:" + run.history.size());
        }
    }

    @Nested
    final class UnknownOutcomes {

        @Test
        void aPostThatTimedOutMayHaveRun() throws IOException {
            replace(
                    run.history,
                    line -> line instanceof Line.Accepted ok && ok.request().equals("a1"),
                    line -> new Line.Unsettled(line.time(), "client-a", "a", "k-a1", canary("a1"), null, null, null));
            holds();
        }

        @Test
        void aPostThatTimedOutMayNotHaveRun() throws IOException {
            run.history.add(new Line.Asked(5 * SECOND, "client-a", "a", "k-a3", "c-a-3"));
            run.history.add(new Line.Unsettled(6 * SECOND, "client-a", "a", "k-a3", "c-a-3", "unavailable", 503, "a3"));
            holds();
        }

        @Test
        void aRetryWithTheSameKeyIsTheSameRequest() throws IOException {
            run.history.add(new Line.Asked(5 * SECOND, "client-a", "a", "k-a1", canary("a1")));
            run.history.add(new Line.Accepted(6 * SECOND, "client-a", "a", "a1", "k-a1", canary("a1"), 202, true));
            holds();
        }

        @Test
        void oneKeyIsTwoRequests() throws IOException {
            run.history.add(new Line.Unsettled(6 * SECOND, "client-a", "a", "k-a1", canary("a1"), null, 503, "a7"));
            breaks(Invariant.I2);
        }

        @Test
        void aRefusedQuestionRan() throws IOException {
            replace(
                    run.history,
                    line -> line instanceof Line.Accepted ok && ok.request().equals("a1"),
                    line -> new Line.Refused(line.time(), "client-a", "a", "k-a1", canary("a1"), "x", 429));
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
        void anEndBeforeThatOfAnEarlierTurn() throws IOException {
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
        void askedLaterAndEarlierInTheLog() throws IOException {
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
        void aHoleInAnAttempt() throws IOException {
            remove(run.events, event("a1", "delta", 1));
            remove(run.history, received("a1", 1));
            breaks(Invariant.I3);
        }

        @Test
        void aHoleWhileTheBrokerWasAway() throws IOException {
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
    final class Memory {

        @Test
        void whatAFlushTookMayBeMissing() throws IOException {
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
        void aTurnIsTwice() throws IOException {
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
                    m -> new SessionState("a", m.key(), m.turns(), -1, List.of(), m.requests()));
            breaks(Invariant.I4);
        }

        @Test
        void memoryHoldsWhatNobodyCanRead() throws IOException {
            replace(
                    run.memory,
                    m -> m.session().equals("a"),
                    m -> new SessionState(
                            "a",
                            m.key(),
                            List.of(remembered("a1"), remembered("a2"), new RememberedTurn("unreadable", null, null)),
                            1,
                            List.of(),
                            List.of()));
            breaks(Invariant.I4);
        }

        @Test
        void memoryOfASessionIsGone() throws IOException {
            run.memory.removeFirst();
            breaks(Invariant.I4);
        }

        @Test
        void theAgentWasHandedLess() throws IOException {
            agentOfA2Got(List.of());
            breaks(Invariant.I4);
        }

        @Test
        void theAgentWasHandedATurnTwice() throws IOException {
            agentOfA2Got(List.of(canary("a1"), canary("a1")));
            breaks(Invariant.I4);
        }

        private void memoryOfA(String... requests) {
            replace(
                    run.memory,
                    m -> m.session().equals("a"),
                    m -> new SessionState(
                            "a",
                            m.key(),
                            List.of(requests).stream().map(SmallRun::remembered).toList(),
                            m.ttlMs(),
                            List.of(),
                            m.requests()));
        }
    }

    private void agentOfA2Got(List<String> history) {
        replace(
                run.agents,
                line -> line instanceof Line.AgentEntered in && in.request().equals("a2"),
                line -> new Line.AgentEntered(line.time(), "processor-1", "a", "a2", 1, canary("a2"), history));
    }

    @Nested
    final class Mixing {

        @Test
        void anAnswerSaysAnotherSessionsMark() throws IOException {
            replace(run.history, received("a1", 2), line -> delta("st-a1", "a", "a1", 2, 10, "c-b-1 two"));
            breaks(Set.of(Invariant.I5, Invariant.O10));
        }

        @Test
        void aStreamCarriesAnotherRequest() throws IOException {
            run.history.add(delta("st-a1", "b", "b9", 2, 0, null));
            breaks(Invariant.I5);
        }

        @Test
        void anAgentIsHandedAnotherSessionsTurn() throws IOException {
            agentOfA2Got(List.of(canary("b1")));
            breaks(Set.of(Invariant.I4, Invariant.I5));
        }

        @Test
        void memoryHoldsAnotherSessionsTurn() throws IOException {
            replace(
                    run.memory,
                    m -> m.session().equals("a"),
                    m -> new SessionState(
                            "a", m.key(), List.of(remembered("a1"), remembered("b2")), 1, List.of(), List.of()));
            breaks(Set.of(Invariant.I4, Invariant.I5));
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
        void aPollDoesNotKnowThePushedEnd() throws IOException {
            run.poll("a1", SECOND + 511_000, "running");
            breaks(Invariant.I6);
        }

        @Test
        void aTurnWaitsAgainBeforeItsFirstAttempt() throws IOException {
            run.history.add(new Line.Polled(2 * SECOND, "client-9", SECOND + 300_000, "a", "a1", "queued", 0, null));
            breaks(Invariant.I6);
        }

        @Test
        void aPollTellsAnotherEnd() throws IOException {
            run.poll("a1", 5 * SECOND, "failed");
            breaks(Invariant.I6);
        }

        @Test
        void theRecordStillSaysRunning() throws IOException {
            replace(
                    run.memory,
                    m -> m.session().equals("a"),
                    m -> new SessionState(
                            "a",
                            m.key(),
                            m.turns(),
                            m.ttlMs(),
                            List.of(),
                            List.of(new SessionState.RequestState("a1", "running", 1))));
            breaks(Invariant.I6);
        }

        @Test
        void pollsWithoutTheirTimeAreNamed() throws IOException {
            run.poll("a1", 0, "running");
            assertThat(run.check(folder).notes()).singleElement().asString().contains("1 polls");
        }
    }

    @Nested
    final class Settling {

        @Test
        void lagStays() throws IOException {
            run.history.add(new Line.Committed(10 * SECOND, "driver", 0, 2, 3));
            breaks(Invariant.I8);
        }

        @Test
        void anEndComesTooLate() throws IOException {
            TopicRecord late = new TopicRecord(
                    0, 95, "-:a", "a2", "completed", 1, 3, 20 * SECOND, canary("a2"), answer("a2"), null);
            replace(run.events, event("a2", "completed", 3), r -> late);
            replace(
                    run.history,
                    line -> line instanceof Line.Committed c && c.partition() == 0 && c.offset() == 2,
                    line -> new Line.Committed(30 * SECOND, "driver", 0, 2, 2));
            breaks(Invariant.I8);
        }

        @Test
        void anEndIsInTimeAfterTheLastHeal() throws IOException {
            TopicRecord late = new TopicRecord(
                    0, 95, "-:a", "a2", "completed", 1, 3, 20 * SECOND, canary("a2"), answer("a2"), null);
            replace(run.events, event("a2", "completed", 3), r -> late);
            replace(
                    run.history,
                    line -> line instanceof Line.Committed c && c.partition() == 0 && c.offset() == 2,
                    line -> new Line.Committed(30 * SECOND, "driver", 0, 2, 2));
            run.fault("freeze", "processor-1", 16 * SECOND);
            holds();
        }

        @Test
        void anEndedRequestIsStillOpen() throws IOException {
            replace(
                    run.memory,
                    m -> m.session().equals("a"),
                    m -> new SessionState("a", m.key(), m.turns(), m.ttlMs(), List.of("a1"), m.requests()));
            breaks(Invariant.I8);
        }

        @Test
        void theFrontierPassesAnOpenTurn() throws IOException {
            run.history.add(new Line.Committed(SECOND + 300_000, "driver", 0, 1, 1));
            run.history.add(new Line.Committed(10 * SECOND, "driver", 0, 2, 2));
            breaks(Invariant.I9);
        }

        @Test
        void nobodyReadTheOffsets() throws IOException {
            remove(run.history, line -> line instanceof Line.Committed);
            assertThat(run.check(folder).notes()).singleElement().asString().contains("not checked");
        }
    }

    @Nested
    final class Agents {

        @Test
        void aFrozenOwnersCallOverlapsItsSuccessors() throws IOException {
            replace(run.agents, entered("a1"), line -> call(line.time(), "processor-2", "a1", 1, List.of()));
            replace(
                    run.agents,
                    line -> line instanceof Line.AgentLeft out && out.request().equals("a1"),
                    line -> new Line.AgentLeft(8 * SECOND, "processor-2", "a", "a1", 1, Outcome.OK));
            run.agents.add(call(SECOND + 100_000, "processor-1", "a1", 2, List.of()));
            run.agents.add(new Line.AgentLeft(SECOND + 450_000, "processor-1", "a", "a1", 2, Outcome.OK));
            replace(run.events, event("a1", "completed", 3), r -> attempt(r, 2));
            holds();
        }

        @Test
        void twoTurnsOfASessionRanAtOnce() throws IOException {
            replace(
                    run.agents,
                    line -> line instanceof Line.AgentLeft out && out.request().equals("a1"),
                    line -> new Line.AgentLeft(4 * SECOND, "processor-1", "a", "a1", 1, Outcome.OK));
            breaks(Invariant.O1);
        }

        @Test
        void aTurnThatWasGivenUpMayStillRunInAFrozenProcess() throws IOException {
            replace(run.agents, entered("a1"), line -> call(line.time(), "processor-2", "a1", 1, List.of()));
            replace(
                    run.agents,
                    line -> line instanceof Line.AgentLeft out && out.request().equals("a1"),
                    line -> new Line.AgentLeft(4 * SECOND, "processor-2", "a", "a1", 1, Outcome.OK));
            replace(run.events, event("a1", "completed", 3), Agents::poisoned);
            assertThat(run.check(folder).count(Invariant.O1)).isZero();
        }

        @Test
        void theLaterTurnRanFirst() throws IOException {
            replace(run.agents, entered("a2"), line -> call(SECOND / 2, "processor-1", "a2", 1, List.of(canary("a1"))));
            replace(
                    run.agents,
                    line -> line instanceof Line.AgentLeft out && out.request().equals("a2"),
                    line -> new Line.AgentLeft(SECOND, "processor-1", "a", "a2", 1, Outcome.OK));
            breaks(Invariant.O1);
        }

        @Test
        void aFinishedTurnIsGivenToTheAgentAgain() throws IOException {
            run.agents.add(call(5 * SECOND, "processor-2", "a1", 2, List.of()));
            breaks(Invariant.O4);
        }

        @Test
        void aFinishedTurnWhoseEndWasFlushedMayRunAgain() throws IOException {
            run.agents.add(call(5 * SECOND, "processor-2", "a1", 2, List.of()));
            run.fault("redis_flush", "redis", 4 * SECOND);
            holds();
        }

        @Test
        void aZombieMayEnterWhatItHadBegunBefore() throws IOException {
            replace(run.agents, entered("a1"), line -> call(line.time(), "processor-1", "a1", 2, List.of()));
            replace(
                    run.agents,
                    line -> line instanceof Line.AgentLeft out && out.request().equals("a1"),
                    line -> new Line.AgentLeft(line.time(), "processor-1", "a", "a1", 2, Outcome.OK));
            replace(run.events, event("a1", "completed", 3), r -> attempt(r, 2));
            run.agents.add(call(7 * SECOND, "processor-2", "a1", 1, List.of()));
            holds();
        }

        @Test
        void oneAttemptIsGivenToTheAgentTwice() throws IOException {
            run.agents.add(call(SECOND + 60_000, "processor-2", "a1", 1, List.of()));
            assertThat(run.check(folder).count(Invariant.O4)).isEqualTo(1);
        }

        @Test
        void aReplacedOwnerEndsTheTurn() throws IOException {
            run.agents.add(call(SECOND + 200_000, "processor-2", "a1", 2, List.of()));
            breaks(Invariant.O5);
        }

        @Test
        void twoAttemptsEndTheTurn() throws IOException {
            run.events.add(new TopicRecord(
                    0, 99, "-:a", "a1", "completed", 2, 0, 9 * SECOND, canary("a1"), answer("a1"), null));
            breaks(Invariant.O5);
        }

        private static Predicate<Line> entered(String request) {
            return line -> line instanceof Line.AgentEntered in && in.request().equals(request);
        }

        private static Line call(long at, String process, String request, int attempt, List<String> history) {
            String session = request.substring(0, 1);
            return new Line.AgentEntered(at, process, session, request, attempt, canary(request), history);
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
    final class Streams {

        @Test
        void aStreamThatIsCutGoesOnFromItsCursor() throws IOException {
            int cutAt = indexOf(received("a1", 2));
            run.history.add(cutAt, new Line.StreamEnded(0, "client-a", "st-a1", 1, "a", Line.StreamEnd.CUT));
            run.history.add(cutAt + 1, new Line.StreamOpened(0, "client-a", "st-a1", 2, "a", "a1", "cur"));
            holds();
        }

        @Test
        void aStreamWithoutACursorBeginsAnew() throws IOException {
            int cutAt = indexOf(received("a1", 2));
            run.history.add(cutAt, new Line.StreamOpened(0, "client-a", "st-a1", 2, "a", "a1", null));
            run.history.add(cutAt + 1, run.history.get(indexOf(received("a1", 0))));
            run.history.add(cutAt + 2, run.history.get(indexOf(received("a1", 1))));
            holds();
        }

        @Test
        void anEventComesAgainAfterResuming() throws IOException {
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
        void aGapIsSaidAndTextWithheld() throws IOException {
            replace(run.history, received("a1", 1), line -> plain("gap", null, null));
            remove(run.history, received("a1", 2));
            holds();
        }

        @Test
        void textGoesOnAfterAGap() throws IOException {
            replace(run.history, received("a1", 1), line -> plain("gap", null, null));
            breaks(Invariant.O10);
        }

        @Test
        void aStreamHasTwoEnds() throws IOException {
            run.history.add(run.history.get(indexOf(received("a1", 3))));
            breaks(Invariant.O10);
        }

        @Test
        void aNewAttemptStartsAnew() throws IOException {
            run.history.add(indexOf(received("a1", 3)), plain("started", 2, 0));
            holds();
        }

        @Test
        void textOfTwoAttemptsIsJoined() throws IOException {
            replace(
                    run.history,
                    received("a1", 2),
                    line -> new Line.Received(
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
        void anOlderAttemptSpeaksLate() throws IOException {
            run.history.add(indexOf(received("a1", 1)), plain("started", 2, 0));
            breaks(Invariant.O10);
        }

        @Test
        void whatWasShownIsNoBeginningOfTheAnswer() throws IOException {
            replace(run.history, received("a1", 2), line -> delta("st-a1", "a", "a1", 2, 10, canary("a1") + " 2"));
            breaks(Invariant.O10);
        }

        @Test
        void aStreamNeverHasItsEnd() throws IOException {
            remove(run.history, received("a1", 3));
            remove(run.history, line -> line instanceof Line.Polled poll && "completed".equals(poll.status()));
            breaks(Invariant.O10);
        }

        private static Line plain(String type, Integer attempt, Integer seq) {
            return new Line.Received(0, "client-a", "st-a1", 1, "a", "a1", type, "cur", attempt, seq, null, null, null);
        }

        private int indexOf(Predicate<Line> which) {
            return run.history.indexOf(
                    run.history.stream().filter(which).findFirst().orElseThrow());
        }
    }

    private static Line delta(String stream, String session, String request, int seq, int pos, String text) {
        return new Line.Received(0, "client-a", stream, 1, session, request, "delta", "cur", 1, seq, pos, text, null);
    }
}

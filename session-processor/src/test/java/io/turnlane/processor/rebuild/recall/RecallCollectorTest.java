package io.turnlane.processor.rebuild.recall;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.TurnPolicy;
import io.turnlane.processor.past.CommandPosition;
import io.turnlane.store.memory.EndedTurn;
import io.turnlane.store.memory.OpenTurn;
import io.turnlane.store.memory.RecalledSession;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Sessions collected from a log that the test writes by hand. */
class RecallCollectorTest {

    private static final Instant T0 = Instant.parse("2026-11-21T06:00:00Z");
    private static final int SIZE = 100;

    private long frontier = Long.MAX_VALUE;
    private long offset;
    private RecallCollector recall =
            new RecallCollector(new RecallLimits(3, 100, 1_000_000), at -> at < frontier, null);

    @Test
    void keepsTheLastTurnsOfASession() {
        for (int i = 0; i < 5; i++) {
            answer("s", "q" + i, i);
        }
        RecalledSession session = only(10);
        assertThat(questions(session.turns())).containsExactly("q2", "q3", "q4");
        assertThat(session.redeliverable()).isEmpty();
        assertThat(session.life()).isNotNull();
        assertThat(session.life().turns()).as("all answered turns").isEqualTo(5);
        assertThat(session.life().lastActivity()).isEqualTo(at(4));
    }

    @Test
    void keepsEveryEndedTurnThatMayBeDeliveredAgain() {
        frontier = 0;
        for (int i = 0; i < 5; i++) {
            answer("s", "q" + i, i);
        }
        assertThat(questions(only(10).redeliverable())).containsExactly("q0", "q1");
    }

    @Test
    void ignoresDuplicatesOfATurn() {
        Ask ask = ask("s", "q", 0);
        end(ask, 1);
        end(ask, 2);
        recall.asked(ask, new CommandPosition(offset++, at(3), null), SIZE);
        end(ask, 4);
        assertThat(only(10).turns()).hasSize(1);
    }

    @Test
    void keepsAFailedTurnWithoutAnAnswer() {
        Ask ask = ask("s", "q", 0);
        recall.ended(ask.key(), event(ask, 1, new TurnEvent.Failed(TurnError.of(ErrorCode.AGENT_ERROR, "no"))), SIZE);
        assertThat(only(10).turns()).singleElement().matches(turn -> !turn.isCompleted());
        assertThat(only(10).life().turns()).isZero();
    }

    @Test
    void dropsEverythingBeforeADeletion() {
        answer("s", "before", 0);
        ask("s", "unanswered", 1);
        recall.deleted(ask("s", "x", 1).key(), new CommandPosition(offset++, at(2), null));
        assertThat(only(3).turns()).isEmpty();
        assertThat(only(3).deletion().loggedAt()).isEqualTo(at(2));
        answer("s", "after", 4);
        assertThat(questions(only(10).turns())).containsExactly("after");
    }

    @Test
    void appliesADeletionOnlyWhenItIsDone() {
        answer("s", "before", 0);
        frontier = offset;
        recall.deleted(ask("s", "still to come", 1).key(), new CommandPosition(offset++, at(2), null));
        assertThat(questions(only(3).turns())).containsExactly("before");
        assertThat(only(3).deletion()).isNull();

        Ask after = ask("s", "after", 4);
        recall.started(after.key(), after.requestId(), 1, at(5));
        assertThat(only(6).deletion())
                .as("done, because a later turn has begun")
                .isNotNull();
        assertThat(only(6).turns()).isEmpty();
    }

    @Test
    void dropsEverythingBeforeASessionExpired() {
        answer("s", "before", 0);
        answer("s", "after", 3700);
        assertThat(questions(only(3800).turns())).containsExactly("after");
        assertThat(recall.sessions(at(3700 + 3601))).isEmpty();
    }

    @Test
    void keepsASessionWhoseQuestionWaitsLongerThanTheTimeToLive() {
        Ask ask = ask("s", "waited", 0);
        answer("other", "q", 9000);
        end(ask, 9001);
        assertThat(recall.sessions(at(9002)))
                .filteredOn(session -> session.session().equals(ask.key()))
                .singleElement()
                .satisfies(session -> assertThat(questions(session.turns())).containsExactly("waited"));
    }

    @Test
    void dropsQuestionsThatEndedBeforeTheEventsThatAreRead() {
        recall = new RecallCollector(new RecallLimits(3, 2, 1_000_000), at -> true, null);
        ask("a", "ended long ago", 0);
        answer("b", "q", 1);
        answer("c", "q", 2);
        assertThat(recall.sessions(at(3))).hasSize(2);
        assertThat(recall.dropped()).as("nothing that memory needs").isZero();
    }

    @Test
    void keepsTheTimeToLiveOfTheFirstQuestionOfALife() {
        end(ask("s", "first", 0, Duration.ofHours(2)), 0);
        end(ask("s", "second", 1, Duration.ofMinutes(1)), 1);
        assertThat(only(3000).life().ttl()).isEqualTo(Duration.ofHours(2));
        end(ask("s", "third", 7000, Duration.ofHours(1)), 7000);
        assertThat(questions(only(7001).turns())).containsExactly("first", "second", "third");
        end(ask("s", "next life", 20_000, Duration.ofMinutes(1)), 20_000);
        assertThat(only(20_001).life().ttl())
                .as("time to live of the next life")
                .isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void expiresNoSessionWithAWaitingTurn() {
        answer("s", "before", 0);
        frontier = offset;
        ask("s", "waits for long", 3000);
        assertThat(questions(only(9000).turns())).containsExactly("before");
        assertThat(only(9000).life().lastActivity()).isEqualTo(at(9000));
    }

    @Test
    void returnsOpenQuestionsWithTheirLastAttempt() {
        answer("s", "before", 0);
        frontier = offset;
        Ask running = ask("s", "runs", 1);
        Ask waiting = ask("s", "waits", 2);
        recall.started(running.key(), running.requestId(), 2, at(3));
        recall.started(running.key(), running.requestId(), 1, at(4));
        RecalledSession session = only(5);
        assertThat(session.open()).extracting(OpenTurn::ask).containsExactly(running, waiting);
        assertThat(session.open()).extracting(OpenTurn::attempt).containsExactly(2, 0);
    }

    @Test
    void returnsASessionThatHasOnlyOpenQuestions() {
        frontier = 0;
        Ask ask = ask("s", "first", 0);
        RecalledSession session = only(9000);
        assertThat(session.open()).extracting(OpenTurn::ask).containsExactly(ask);
        assertThat(session.life()).isNotNull();
        assertThat(session.life().createdAt()).isEqualTo(at(0));
    }

    @Test
    void ignoresACompleteQuestionWithoutATerminalEvent() {
        ask("s", "erased", 0);
        assertThat(recall.sessions(at(1))).isEmpty();
    }

    @Test
    void keepsARunningTurnWhenLaterTurnsEndFirst() {
        Ask runs = ask("s", "runs", 0);
        recall.started(runs.key(), runs.requestId(), 1, at(0));
        Ask merged = ask("s", "merged", 1);
        Ask busy = ask("s", "busy", 2);
        Ask newest = ask("s", "newest", 3);
        endBeforeItBegan(busy, new TurnEvent.Rejected(new EndCause("session_busy", runs.requestId())), 4);
        endBeforeItBegan(merged, new TurnEvent.Superseded(new EndCause("coalesced", newest.requestId())), 4);
        end(runs, 5);
        frontier = offset - 1;
        RecalledSession session = only(6);
        assertThat(questions(session.turns())).containsExactly("runs");
        assertThat(session.open()).singleElement().satisfies(open -> {
            assertThat(open.ask()).isEqualTo(newest);
            assertThat(open.mergedQuestions()).containsExactly(Map.entry(merged.requestId(), "merged"));
        });
    }

    @Test
    void keepsAMergedQuestionAsItsAgentReceivedIt() {
        Ask merged = ask("s", "what is a pool?", 0);
        Ask newest = ask("s", "and its risk?", 1);
        endBeforeItBegan(merged, new TurnEvent.Superseded(new EndCause("coalesced", newest.requestId())), 2);
        end(newest, 3);
        frontier = offset;
        assertThat(only(4).turns())
                .filteredOn(EndedTurn::isCompleted)
                .singleElement()
                .satisfies(turn -> {
                    assertThat(turn.toPastTurn().question()).isEqualTo("what is a pool?\n\nand its risk?");
                    assertThat(turn.ask().question()).as("as in its own record").isEqualTo("and its risk?");
                });
    }

    @Test
    void keepsInterruptedTurnsInHistoryButNotTurnsThatNeverBegan() {
        frontier = 0;
        Ask interrupted = ask("s", "interrupted", 0);
        recall.started(interrupted.key(), interrupted.requestId(), 1, at(0));
        Ask never = ask("s", "never began", 1);
        TurnEvent.Cancelled cancelled = new TurnEvent.Cancelled(new EndCause("requested", null));
        recall.ended(
                interrupted.key(),
                new TurnEvent(interrupted.requestId(), interrupted.sessionId(), 1, 2, at(2), cancelled),
                SIZE);
        endBeforeItBegan(never, cancelled, 2);
        RecalledSession session = only(3);
        assertThat(questions(session.turns())).containsExactly("interrupted");
        assertThat(questions(session.redeliverable())).containsExactly("never began");
    }

    private void endBeforeItBegan(Ask ask, TurnEvent.Body end, long seconds) {
        recall.ended(ask.key(), new TurnEvent(ask.requestId(), ask.sessionId(), 0, 0, at(seconds), end), SIZE);
    }

    @Test
    void dropsTheLongestIdleSessionIfThereAreTooMany() {
        recall = new RecallCollector(new RecallLimits(3, 2, 1_000_000), at -> true, null);
        answer("a", "q", 0);
        answer("b", "q", 1);
        answer("a", "q", 2);
        answer("c", "q", 3);
        assertThat(recall.sessions(at(4)))
                .extracting(session -> session.session().sessionId().value())
                .containsExactlyInAnyOrder("a", "c");
        assertThat(recall.dropped()).isEqualTo(1);
    }

    @Test
    void dropsTheLongestIdleSessionIfTheyAreTooLarge() {
        recall = new RecallCollector(new RecallLimits(10, 100, 5 * SIZE), at -> true, null);
        answer("a", "q", 0);
        answer("b", "q", 1);
        answer("c", "q", 2);
        assertThat(recall.sessions(at(4))).hasSize(2);
        assertThat(recall.dropped()).isEqualTo(1);
    }

    @Test
    void keepsOnlyRedeliverableTurnsOfExpiredSessions() {
        frontier = 0;
        answer("expired", "redeliverable", 0);
        answer("other", "q", 3700);
        assertThat(recall.sessions(at(3701))).hasSize(2).first().satisfies(expired -> {
            assertThat(expired.life()).isNull();
            assertThat(expired.turns()).isEmpty();
            assertThat(questions(expired.redeliverable())).containsExactly("redeliverable");
        });
    }

    private RecalledSession only(long seconds) {
        List<RecalledSession> all = recall.sessions(at(seconds));
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private void answer(String session, String question, long seconds) {
        Ask ask = ask(session, question, seconds);
        recall.started(ask.key(), ask.requestId(), 1, at(seconds));
        end(ask, seconds);
    }

    private Ask ask(String session, String question, long seconds) {
        return ask(session, question, seconds, Duration.ofHours(1));
    }

    private Ask ask(String session, String question, long seconds, Duration ttl) {
        Ask ask = new Ask(
                new RequestId(UUID.randomUUID()),
                new SessionId(session),
                null,
                "echo",
                question,
                Map.of(),
                ttl,
                at(seconds),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
        recall.asked(ask, new CommandPosition(offset++, at(seconds), null), SIZE);
        return ask;
    }

    private void end(Ask ask, long seconds) {
        recall.ended(ask.key(), event(ask, seconds, new TurnEvent.Completed(Answer.ofText("a"))), SIZE);
    }

    private static TurnEvent event(Ask ask, long seconds, TurnEvent.Body body) {
        return new TurnEvent(ask.requestId(), ask.sessionId(), 1, 1, at(seconds), body);
    }

    private static List<String> questions(List<EndedTurn> turns) {
        return turns.stream().map(turn -> turn.ask().question()).toList();
    }

    private static Instant at(long seconds) {
        return T0.plusSeconds(seconds);
    }
}

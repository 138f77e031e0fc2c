package io.turnlane.processor.past;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.SessionState;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.memory.EndedTurn;
import io.turnlane.processor.memory.RecalledSession;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SessionReconstructionTest {

    private static final Instant START = Instant.parse("2026-11-21T06:00:00Z");
    private static final SessionId SESSION = new SessionId("s-1");

    private final SessionReconstruction past = new SessionReconstruction(SessionKey.of(null, SESSION), 10, _ -> true);
    private long offset;

    private Ask asked(String question, int minute) {
        Ask ask = new Ask(
                new RequestId(UUID.randomUUID()),
                SESSION,
                null,
                "echo",
                question,
                Map.of(),
                Duration.ofHours(1),
                at(minute));
        logged(ask, minute);
        return ask;
    }

    private void logged(Ask ask, int minute) {
        past.asked(ask, place(minute), 0);
    }

    private Ask answered(String question, int minute) {
        Ask ask = asked(question, minute);
        ended(ask, minute, new TurnEvent.Completed(Answer.ofText("to " + question)));
        return ask;
    }

    private void failed(int minute) {
        TurnError error = TurnError.of(ErrorCode.AGENT_ERROR, "");
        ended(asked("bad", minute), minute, new TurnEvent.Failed(error));
    }

    private void ended(Ask ask, int minute, TurnEvent.Body body) {
        past.ended(new TurnEvent(ask.requestId(), SESSION, 1, 1, at(minute), body), 0);
    }

    private CommandPosition place(int minute) {
        return new CommandPosition(offset++, at(minute), null);
    }

    private static Instant at(int minute) {
        return START.plus(Duration.ofMinutes(minute));
    }

    private List<String> before(int minute) {
        return past.memoryBefore(at(minute)).turns().stream()
                .filter(EndedTurn::isCompleted)
                .map(turn -> turn.ask().question())
                .toList();
    }

    @Test
    void remembersWhatWasAnsweredInOrderAndNoMoreThanMemoryKeeps() {
        for (int i = 0; i < 12; i++) {
            answered("q" + i, i);
        }
        assertThat(before(12)).containsExactly("q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11");
    }

    @Test
    void forgetsWhatFailed() {
        answered("good", 0);
        failed(1);
        assertThat(before(2)).containsExactly("good");
        assertThat(past.memoryBefore(at(2)).unknownTurns()).isZero();
    }

    /** As Redis does: history has completed turns only. */
    @Test
    void letsFailedTurnsPushNoAnsweredOnesOut() {
        for (int i = 0; i < 10; i++) {
            answered("q" + i, i);
        }
        for (int i = 10; i < 22; i++) {
            failed(i);
        }
        assertThat(before(23)).hasSize(10);
    }

    @Test
    void forgetsAllThatCameBeforeADeletion() {
        answered("before", 0);
        past.deleted(place(1));
        answered("after", 2);
        assertThat(before(3)).containsExactly("after");
    }

    @Test
    void forgetsAllAfterASilenceLongerThanTheSessionsLife() {
        answered("before", 0);
        answered("after", 90);
        assertThat(before(100)).containsExactly("after");
        assertThat(before(200)).isEmpty();
    }

    /** Whoever asked kept the session alive, whatever became of the question. */
    @Test
    void takesAQuestionWithoutAKnownEndForASignOfLife() {
        answered("first", 0);
        asked("gone", 50);
        answered("third", 100);
        assertThat(before(101)).containsExactly("first", "third");
        asked("gone, in the next life", 170);
        answered("anew", 180);
        assertThat(before(181)).containsExactly("anew");
        assertThat(past.memoryBefore(at(181)).unknownTurns()).isEqualTo(1);
    }

    @Test
    void tellsOfTurnsWhoseEndsAreGone() {
        asked("gone", 0);
        answered("there", 1);
        asked("the last", 2);
        assertThat(past.memoryBefore(at(3)).unknownTurns()).isEqualTo(2);
        assertThat(before(3)).hasSize(1);
    }

    @Test
    void aTwinSaysNothingNew() {
        Ask ask = answered("once", 0);
        logged(ask, 1);
        assertThat(before(2)).hasSize(1);
        assertThat(past.memoryBefore(at(2)).unknownTurns()).isZero();
    }

    @Test
    void aTwinBehindADeletionBeginsNoNewLife() {
        Ask ask = answered("erased", 0);
        past.deleted(place(1));
        logged(ask, 2);
        assertThat(past.memoryBefore(at(3)).unknownTurns()).isZero();
        assertThat(past.toRecalledSession(at(3)).open()).isEmpty();
    }

    @Test
    void startsAnewWithTheStateThatWasBrought() {
        answered("gone", 0);
        brought(null, 1, "a", "b");
        answered("after", 2);
        assertThat(before(3)).containsExactly("after");
        assertThat(past.memoryBefore(at(3)).initialTurns())
                .extracting(PastTurn::question)
                .containsExactly("a", "b");
        RecalledSession recalled = past.toRecalledSession(at(3));
        assertThat(recalled.life().turns()).isEqualTo(8);
        assertThat(recalled.life().metadata()).containsEntry("m", 1);
        assertThat(recalled.initialTurns().turns()).hasSize(2);
        assertThat(past.memoryBefore(at(200)).initialTurns()).as("expired").isEmpty();
        past.deleted(place(4));
        assertThat(past.toRecalledSession(at(5)).initialTurns()).isNull();
    }

    @Test
    void takesChangesOfTheContextTogetherInTheirOrder() {
        brought(null, 0, "a");
        updated(1, Map.of("m", 2, "n", 1), null);
        updated(2, Map.of("m", 3), Duration.ofMinutes(5));
        RecalledSession recalled = past.toRecalledSession(at(3));
        assertThat(recalled.life().metadata()).isEqualTo(Map.of("m", 3, "n", 1));
        assertThat(recalled.life().ttl()).isEqualTo(Duration.ofMinutes(5));
        assertThat(past.memoryBefore(at(10)).initialTurns())
                .as("a shorter life")
                .isEmpty();
    }

    @Test
    void takesAForkForNothingWhereThereIsASessionOrWasOne() {
        answered("there", 0);
        brought(new ImportSession.ForkOrigin(new SessionId("s-0"), new RequestId(UUID.randomUUID())), 1, "a");
        assertThat(past.memoryBefore(at(2)).initialTurns()).isEmpty();
        assertThat(before(2)).containsExactly("there");
    }

    @Test
    void aTwinOfABroughtStateSaysNothingNew() {
        ImportSession given = brought(null, 0, "a");
        answered("after", 1);
        past.edited(given, place(2), 0);
        assertThat(before(3)).containsExactly("after");
    }

    private ImportSession brought(ImportSession.ForkOrigin fork, int minute, String... questions) {
        List<PastTurn> turns = Stream.of(questions)
                .map(question -> new PastTurn(
                        new RequestId(UUID.randomUUID()),
                        RequestStatus.COMPLETED,
                        question,
                        "to " + question,
                        null,
                        List.of(),
                        Duration.ofMillis(5),
                        START))
                .toList();
        SessionState state =
                new SessionState("echo", Map.of("m", 1), Duration.ofHours(1), START, 7, Duration.ofSeconds(1), turns);
        ImportSession given =
                new ImportSession(new RequestId(UUID.randomUUID()), SESSION, null, at(minute), state, fork);
        past.edited(given, place(minute), 0);
        return given;
    }

    private void updated(int minute, Map<String, Object> patch, Duration ttl) {
        UpdateSession update =
                new UpdateSession(new RequestId(UUID.randomUUID()), SESSION, null, at(minute), null, patch, ttl);
        past.edited(update, place(minute), 0);
    }
}

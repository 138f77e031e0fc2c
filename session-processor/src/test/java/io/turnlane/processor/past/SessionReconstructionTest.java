package io.turnlane.processor.past;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Priority;
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
import io.turnlane.model.TurnPolicy;
import io.turnlane.store.memory.EndedTurn;
import io.turnlane.store.memory.RecalledSession;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionReconstructionTest {

    private static final Instant START = Instant.parse("2026-11-21T06:00:00Z");
    private static final SessionId SESSION = new SessionId("s-1");

    private final SessionReconstruction reconstruction =
            new SessionReconstruction(SessionKey.of(null, SESSION), 10, _ -> true);
    private long offset;

    private Ask asked(String question, int minute) {
        return asked(question, minute, null);
    }

    private Ask asked(String question, int minute, @Nullable String route) {
        Ask ask = new Ask(
                new RequestId(UUID.randomUUID()),
                SESSION,
                null,
                "echo",
                question,
                Map.of(),
                Duration.ofHours(1),
                at(minute),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null,
                route);
        logged(ask, minute);
        return ask;
    }

    private void logged(Ask ask, int minute) {
        reconstruction.asked(ask, position(minute), 0);
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
        reconstruction.ended(new TurnEvent(ask.requestId(), SESSION, 1, 1, at(minute), body), 0);
    }

    private CommandPosition position(int minute) {
        return new CommandPosition(offset++, at(minute), null);
    }

    private static Instant at(int minute) {
        return START.plus(Duration.ofMinutes(minute));
    }

    /** Returns the memory of a question that is asked at this minute and then cancelled. */
    private BegunTurn before(int minute) {
        Ask probe = asked("probe", minute);
        BegunTurn begun = reconstruction.begun(probe.requestId()).orElseThrow();
        TurnEvent.Cancelled cancelled = new TurnEvent.Cancelled(new EndCause(EndCause.REQUESTED, null));
        reconstruction.ended(new TurnEvent(probe.requestId(), SESSION, 0, 0, at(minute), cancelled), 0);
        return begun;
    }

    private List<String> questionsBefore(int minute) {
        return before(minute).turns().stream()
                .filter(EndedTurn::isCompleted)
                .map(turn -> turn.ask().question())
                .toList();
    }

    @Test
    void keepsTheLastAnsweredTurnsInOrder() {
        for (int i = 0; i < 12; i++) {
            answered("q" + i, i);
        }
        assertThat(questionsBefore(12)).containsExactly("q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11");
    }

    @Test
    void excludesFailedTurnsFromHistory() {
        answered("good", 0);
        failed(1);
        assertThat(questionsBefore(2)).containsExactly("good");
        assertThat(before(2).unknownTurns()).isZero();
    }

    @Test
    void recallsTheLastStatesOfAgents() {
        AgentStates first = AgentStates.NONE.with("echo", Map.of("step", 1));
        assertThat(before(0).states()).isEqualTo(AgentStates.NONE);
        ended(asked("one", 0), 0, new TurnEvent.Completed(Answer.ofText("1"), null, first, List.of()));
        answered("two", 1);
        failed(2);
        assertThat(before(3).states()).isEqualTo(first);
        assertThat(reconstruction.toRecalledSession(at(3)).life().states()).isEqualTo(first);
        ended(asked("three", 3), 3, new TurnEvent.Completed(Answer.ofText("3"), null, AgentStates.NONE, List.of()));
        assertThat(reconstruction.toRecalledSession(at(4)).life().states()).isEqualTo(AgentStates.NONE);
        imported(null, 4, "a");
        assertThat(before(5).states()).as("of the import").isEqualTo(AgentStates.NONE.with("echo", Map.of("step", 5)));
        reconstruction.deleted(position(5));
        answered("four", 6);
        assertThat(before(7).states()).isEqualTo(AgentStates.NONE);
        assertThat(reconstruction.toRecalledSession(at(7)).life().states()).isNull();
    }

    /** Redis keeps no failed turns in history either. */
    @Test
    void keepsAnsweredTurnsHoweverManyTurnsFail() {
        for (int i = 0; i < 10; i++) {
            answered("q" + i, i);
        }
        for (int i = 10; i < 22; i++) {
            failed(i);
        }
        assertThat(questionsBefore(23)).hasSize(10);
    }

    @Test
    void dropsEverythingBeforeADeletion() {
        answered("before", 0);
        reconstruction.deleted(position(1));
        answered("after", 2);
        assertThat(questionsBefore(3)).containsExactly("after");
    }

    @Test
    void dropsEverythingBeforeTheSessionExpired() {
        answered("before", 0);
        answered("after", 90);
        assertThat(questionsBefore(100)).containsExactly("after");
        assertThat(questionsBefore(200)).isEmpty();
    }

    /** A question keeps the session alive even if the log no longer records how it ended. */
    @Test
    void countsAQuestionWithoutAKnownEndAsActivity() {
        answered("first", 0);
        asked("unknown", 50);
        answered("third", 100);
        assertThat(questionsBefore(101)).containsExactly("first", "third");
        asked("unknown, in the next life", 170);
        answered("next life", 180);
        assertThat(questionsBefore(181)).containsExactly("next life");
        assertThat(before(181).unknownTurns()).isEqualTo(1);
    }

    @Test
    void countsTurnsWithoutAKnownEnd() {
        asked("unknown", 0);
        answered("there", 1);
        asked("the last", 2);
        assertThat(before(3).unknownTurns()).isEqualTo(2);
        assertThat(questionsBefore(3)).hasSize(1);
    }

    @Test
    void ignoresADuplicate() {
        Ask ask = answered("once", 0);
        logged(ask, 1);
        assertThat(questionsBefore(2)).hasSize(1);
        assertThat(before(2).unknownTurns()).isZero();
    }

    @Test
    void beginsNoNewLifeWithADuplicateAfterADeletion() {
        Ask ask = answered("erased", 0);
        reconstruction.deleted(position(1));
        logged(ask, 2);
        assertThat(before(3).unknownTurns()).isZero();
        assertThat(reconstruction.toRecalledSession(at(3)).open()).isEmpty();
    }

    @Test
    void beginsALifeWithAnImportedState() {
        answered("gone", 0);
        imported(null, 1, "a", "b");
        answered("after", 2);
        assertThat(questionsBefore(3)).containsExactly("after");
        assertThat(before(3).initialTurns()).extracting(PastTurn::question).containsExactly("a", "b");
        RecalledSession recalled = reconstruction.toRecalledSession(at(3));
        assertThat(recalled.life().turns()).isEqualTo(8);
        assertThat(recalled.life().metadata()).containsEntry("m", 1);
        assertThat(recalled.initialTurns().turns()).hasSize(2);
        assertThat(before(200).initialTurns()).as("expired").isEmpty();
        reconstruction.deleted(position(4));
        assertThat(reconstruction.toRecalledSession(at(5)).initialTurns()).isNull();
    }

    @Test
    void restoresTheRouteAsTheAgentOfTheSession() {
        ended(asked("first", 0, "support"), 0, new TurnEvent.Completed(Answer.ofText("first answer")));
        assertThat(reconstruction.toRecalledSession(at(1)).life().agent()).isEqualTo("support");
    }

    @Test
    void appliesUpdatesInOrder() {
        imported(null, 0, "a");
        updated(1, Map.of("m", 2, "n", 1), null);
        updated(2, Map.of("m", 3), Duration.ofMinutes(5));
        RecalledSession recalled = reconstruction.toRecalledSession(at(3));
        assertThat(recalled.life().metadata()).isEqualTo(Map.of("m", 3, "n", 1));
        assertThat(recalled.life().ttl()).isEqualTo(Duration.ofMinutes(5));
        assertThat(before(10).initialTurns())
                .as("expired by the shorter time to live")
                .isEmpty();
    }

    @Test
    void ignoresAForkIfTheSessionExists() {
        answered("there", 0);
        imported(new ImportSession.ForkOrigin(new SessionId("s-0"), new RequestId(UUID.randomUUID())), 1, "a");
        assertThat(before(2).initialTurns()).isEmpty();
        assertThat(questionsBefore(2)).containsExactly("there");
    }

    @Test
    void ignoresADuplicateImport() {
        ImportSession command = imported(null, 0, "a");
        answered("after", 1);
        reconstruction.edited(command, position(2), 0);
        assertThat(questionsBefore(3)).containsExactly("after");
    }

    private ImportSession imported(ImportSession.ForkOrigin fork, int minute, String... questions) {
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
        SessionState state = new SessionState(
                "echo",
                Map.of("m", 1),
                AgentStates.NONE.with("echo", Map.of("step", 5)),
                Duration.ofHours(1),
                START,
                7,
                Duration.ofSeconds(1),
                turns);
        ImportSession command =
                new ImportSession(new RequestId(UUID.randomUUID()), SESSION, null, at(minute), state, fork);
        reconstruction.edited(command, position(minute), 0);
        return command;
    }

    private void updated(int minute, Map<String, Object> patch, Duration ttl) {
        UpdateSession update =
                new UpdateSession(new RequestId(UUID.randomUUID()), SESSION, null, at(minute), null, patch, ttl);
        reconstruction.edited(update, position(minute), 0);
    }

    /** While a turn runs, later commands are logged that must not change its memory. */
    @Test
    void returnsTheMemoryWithWhichATurnBeganAlthoughLaterCommandsWereLogged() {
        long[] begun = {-1};
        SessionReconstruction running =
                new SessionReconstruction(SessionKey.of(null, SESSION), 10, at -> at < begun[0]);
        Ask first = question("first");
        Ask second = question("second");
        Ask third = question("third");
        running.asked(first, position(0), 0);
        running.asked(second, position(1), 0);
        running.deleted(position(2));
        running.asked(third, position(3), 0);
        begun[0] = 0;
        running.ended(completed(first, 4), 0);
        begun[0] = 1;
        assertThat(running.begun(second.requestId()).orElseThrow().turns())
                .extracting(EndedTurn::question)
                .containsExactly("first");
        running.ended(completed(second, 5), 0);
        begun[0] = 3;
        assertThat(running.begun(third.requestId()).orElseThrow().turns())
                .as("deleted before the third")
                .isEmpty();
        assertThat(running.begun(first.requestId())).as("ended").isEmpty();
    }

    /** The agent of a turn that superseded others received their questions, too. */
    @Test
    void returnsTheQuestionWithTheQuestionsMergedIntoIt() {
        Ask first = asked("first", 0);
        Ask second = asked("second", 1);
        TurnEvent.Superseded merged =
                new TurnEvent.Superseded(new EndCause(TurnPolicy.COALESCE.reason(), second.requestId()));
        reconstruction.ended(new TurnEvent(first.requestId(), SESSION, 0, 0, at(1), merged), 0);
        assertThat(reconstruction.begun(second.requestId()).orElseThrow().ask().question())
                .isEqualTo("first\n\nsecond");
    }

    private static Ask question(String text) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                SESSION,
                null,
                "echo",
                text,
                Map.of(),
                Duration.ofHours(1),
                START,
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }

    private static TurnEvent completed(Ask ask, int minute) {
        return new TurnEvent(
                ask.requestId(), SESSION, 1, 1, at(minute), new TurnEvent.Completed(Answer.ofText("to it")));
    }
}

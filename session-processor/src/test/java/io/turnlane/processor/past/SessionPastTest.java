package io.turnlane.processor.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import io.turnlane.processor.replay.SessionPast.End;
import io.turnlane.processor.replay.SessionPast.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SessionPastTest {

    private static final Instant START = Instant.parse("2026-11-21T06:00:00Z");
    private static final SessionId SESSION = new SessionId("s-1");

    private final SessionPast past = new SessionPast();
    private final Map<RequestId, End> ends = new HashMap<>();

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
        past.add(ask);
        return ask;
    }

    private void answered(String question, int minute) {
        Ask ask = asked(question, minute);
        ends.put(ask.requestId(), new End(new Outcome(Answer.ofText("to " + question), null), at(minute)));
    }

    private static Instant at(int minute) {
        return START.plus(Duration.ofMinutes(minute));
    }

    private Told before(int minute) {
        return past.before(at(minute), ends, 10);
    }

    @Test
    void remembersWhatWasAnsweredInOrderAndNoMoreThanMemoryKeeps() {
        for (int i = 0; i < 12; i++) {
            answered("q" + i, i);
        }
        assertThat(before(12).turns())
                .extracting(PastTurn::question)
                .containsExactly("q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11");
    }

    @Test
    void forgetsWhatFailed() {
        answered("good", 0);
        Ask bad = asked("bad", 1);
        TurnError error = TurnError.of(ErrorCode.AGENT_ERROR, "");
        ends.put(bad.requestId(), new End(new Outcome(null, error), at(1)));
        assertThat(before(2).turns()).extracting(PastTurn::question).containsExactly("good");
        assertThat(before(2).lost()).isZero();
    }

    @Test
    void forgetsAllThatCameBeforeADeletion() {
        answered("before", 0);
        past.add(new DeleteSession(new RequestId(UUID.randomUUID()), SESSION, null, at(1)));
        answered("after", 2);
        assertThat(before(3).turns()).extracting(PastTurn::question).containsExactly("after");
    }

    @Test
    void forgetsAllAfterASilenceLongerThanTheSessionsLife() {
        answered("before", 0);
        answered("after", 90);
        assertThat(before(100).turns()).extracting(PastTurn::question).containsExactly("after");
        assertThat(before(200).turns()).isEmpty();
    }

    @Test
    void tellsOfTurnsWhoseEndsAreGone() {
        asked("gone", 0);
        answered("there", 1);
        assertThat(before(2).lost()).isEqualTo(1);
        assertThat(before(2).turns()).hasSize(1);
    }

    @Test
    void aTwinSaysNothingNew() {
        Ask ask = asked("once", 0);
        past.add(ask);
        ends.put(ask.requestId(), new End(new Outcome(Answer.ofText("!"), null), at(0)));
        assertThat(before(1).turns()).hasSize(1);
    }
}

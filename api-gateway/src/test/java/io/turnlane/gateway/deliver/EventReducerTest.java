package io.turnlane.gateway.deliver;

import static io.turnlane.gateway.deliver.Events.R1;
import static io.turnlane.gateway.deliver.Events.R2;
import static io.turnlane.gateway.deliver.Events.R3;
import static io.turnlane.gateway.deliver.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import org.junit.jupiter.api.Test;

class EventReducerTest {

    private static final SessionKey SESSION = SessionKey.of(null, new SessionId("s"));

    private EventReducer reducer = new EventReducer();
    private long offset;

    private boolean sees(RequestId request, int attempt, int seq, String type) {
        return reducer.accepts(event(offset++, request, attempt, seq, type));
    }

    /** As a client that comes back: the cursor goes through its text. */
    private void reconnect() {
        Cursor cursor = Cursor.of(SESSION, 0, offset, reducer.state());
        reducer = new EventReducer(Cursor.parse(cursor.toString()));
    }

    @Test
    void dropsTwins() {
        assertThat(sees(R1, 1, 0, "started")).isTrue();
        assertThat(sees(R1, 1, 1, "delta")).isTrue();
        assertThat(sees(R1, 1, 1, "delta")).isFalse();
        assertThat(sees(R1, 1, 0, "started")).isFalse();
        assertThat(sees(R1, 1, 2, "delta")).isTrue();
    }

    @Test
    void dropsWhatAnOlderAttemptSaysLate() {
        sees(R1, 1, 0, "started");
        sees(R1, 2, 0, "started");
        assertThat(sees(R1, 1, 1, "delta")).isFalse();
        assertThat(sees(R1, 2, 1, "delta")).isTrue();
    }

    @Test
    void closesARequestWithItsEndWhateverTheAttempt() {
        sees(R1, 2, 0, "started");
        assertThat(sees(R1, 1, 5, "completed")).isTrue();
        assertThat(sees(R1, 2, 1, "delta")).isFalse();
        assertThat(sees(R1, 2, 2, "completed")).isFalse();
        assertThat(sees(R2, 1, 0, "started")).isTrue();
    }

    @Test
    void withholdsTheTextOfAnAttemptWhoseBeginningIsMissing() {
        sees(R1, 1, 0, "started");
        sees(R1, 1, 1, "delta");
        assertThat(sees(R1, 2, 3, "delta")).isFalse();
        assertThat(sees(R1, 2, 4, "stage")).isTrue();
        assertThat(sees(R1, 2, 5, "completed")).isTrue();
    }

    @Test
    void withholdsTextAfterAGapUntilTheNextBeginning() {
        sees(R1, 1, 0, "started");
        reducer.gap();
        assertThat(sees(R1, 1, 7, "delta")).isFalse();
        assertThat(sees(R2, 1, 1, "delta")).isFalse();
        assertThat(sees(R1, 2, 0, "started")).isTrue();
        assertThat(sees(R1, 2, 1, "delta")).isTrue();
    }

    @Test
    void goesOnAfterACursorAsIfItHadNeverLeft() {
        sees(R1, 2, 0, "started");
        sees(R1, 2, 1, "delta");
        reconnect();
        assertThat(sees(R1, 2, 1, "delta")).isFalse();
        assertThat(sees(R1, 1, 9, "delta")).isFalse();
        assertThat(sees(R1, 2, 2, "delta")).isTrue();
    }

    @Test
    void remembersThroughACursorThatTextIsWithheld() {
        reducer.gap();
        sees(R1, 1, 3, "stage");
        reconnect();
        assertThat(sees(R1, 1, 4, "delta")).isFalse();
    }

    @Test
    void keepsTheTurnInFlightInTheCursorWhileAnotherIsQueued() {
        sees(R1, 1, 0, "started");
        sees(R1, 1, 1, "delta");
        sees(R2, 0, 0, "queued");
        reconnect();
        assertThat(sees(R1, 1, 1, "delta")).isFalse();
        assertThat(sees(R1, 1, 2, "delta")).isTrue();
    }

    @Test
    void dropsTheLateWordsOfATurnBeforeTheOneInFlight() {
        sees(R1, 1, 0, "started");
        sees(R1, 1, 1, "completed");
        sees(R2, 1, 0, "started");
        reconnect();
        assertThat(sees(R1, 1, 1, "delta")).isFalse();
        assertThat(sees(R2, 1, 1, "delta")).isTrue();
    }

    /** The owner that was replaced wakes up after the next turn has ended, too. */
    @Test
    void dropsTheLateWordsOfATurnBeforeTheLastOneThatRan() {
        sees(R1, 1, 0, "started");
        sees(R1, 1, 1, "completed");
        sees(R2, 1, 0, "started");
        sees(R2, 1, 1, "completed");
        reconnect();
        assertThat(sees(R1, 1, 1, "completed")).isFalse();
        reconnect();
        assertThat(sees(R1, 1, 1, "completed")).isFalse();
        assertThat(sees(R3, 1, 0, "started")).isTrue();
    }

    /** Whoever goes on with one request after a cursor of its session may never see how the turn before it ended. */
    @Test
    void showsATurnAfterTheOneOfTheCursorThoughTheEndOfThatOneIsNotSeen() {
        sees(R1, 1, 0, "started");
        reconnect();
        assertThat(sees(R2, 1, 0, "started")).isTrue();
        assertThat(sees(R2, 1, 1, "delta")).isTrue();
        assertThat(sees(R2, 1, 2, "completed")).isTrue();
    }

    /** A turn that is refused or cancelled while it waits ends before the one that runs. */
    @Test
    void showsTheEndOfATurnThatNeverRanWhateverItsPlace() {
        sees(R2, 1, 0, "started");
        reconnect();
        assertThat(sees(R3, 0, 0, "cancelled")).isTrue();
        assertThat(sees(R1, 0, 0, "cancelled")).isTrue();
        assertThat(sees(R2, 1, 1, "delta")).isTrue();
    }

    /** Its offset wasn't committed: it waits once more behind those of its session, and is told so. */
    @Test
    void showsNothingOfARedeliveredTurnThatEndedBeforeTheLastOneThatRan() {
        for (RequestId request : new RequestId[] {R1, R2, R3}) {
            sees(request, 1, 0, "started");
            sees(request, 1, 1, "completed");
        }
        reconnect();
        assertThat(sees(R2, 0, 0, "queued")).isFalse();
        assertThat(sees(R2, 1, 1, "completed")).isFalse();
        assertThat(sees(Events.id(4), 0, 0, "queued")).isTrue();
    }

    @Test
    void takesTurnsWithoutAPlaceAsTheyCome() {
        LoggedEvent.EventPosition place = new LoggedEvent.EventPosition(0, 1);
        sees(R2, 1, 0, "completed");
        reconnect();
        assertThat(reducer.accepts(new LoggedEvent(place, "started", R1, -1, 1, 0, new byte[0])))
                .isTrue();
    }

    @Test
    void remembersThroughACursorThatSomethingIsMissingThoughOnlyAWaitingTurnWasSeenSince() {
        reducer.gap();
        sees(R2, 0, 0, "queued");
        reconnect();
        assertThat(sees(R1, 1, 4, "delta")).isFalse();
    }

    @Test
    void goesOnInTheMiddleOfATurnWhereNothingWasSeenYetButNothingIsMissing() {
        reconnect();
        assertThat(sees(R1, 1, 4, "delta")).isTrue();
    }

    @Test
    void showsTheRestOfATurnToAClientThatCameInTheMiddle() {
        assertThat(sees(R1, 1, 5, "delta")).isTrue();
    }

    @Test
    void remembersABoundedNumberOfRequests() {
        for (int i = 0; i < 10 * EventReducer.REMEMBERED; i++) {
            assertThat(sees(Events.id(1_000 + i), 0, 0, "cancelled")).isTrue();
        }
        assertThat(sees(Events.id(1_000 + 10 * EventReducer.REMEMBERED - 1), 0, 0, "cancelled"))
                .isFalse();
        assertThat(sees(Events.id(1_000), 0, 0, "cancelled")).as("forgotten").isTrue();
    }
}

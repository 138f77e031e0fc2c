package io.turnlane.gateway.turns.deliver;

import static io.turnlane.gateway.turns.deliver.Events.R1;
import static io.turnlane.gateway.turns.deliver.Events.R2;
import static io.turnlane.gateway.turns.deliver.Events.R3;
import static io.turnlane.gateway.turns.deliver.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import org.junit.jupiter.api.Test;

class EventReducerTest {

    private static final SessionKey SESSION = SessionKey.of(null, new SessionId("s"));

    private EventReducer reducer = new EventReducer();
    private long offset;

    private boolean delivers(RequestId request, int attempt, int seq, String type) {
        return reducer.accepts(event(offset++, request, attempt, seq, type));
    }

    /** Continues as a client that reconnects; the cursor is converted to text and back. */
    private void reconnect() {
        Cursor cursor = Cursor.of(SESSION, 0, offset, reducer.state());
        reducer = new EventReducer(Cursor.parse(cursor.toString()));
    }

    @Test
    void discardsDuplicates() {
        assertThat(delivers(R1, 1, 0, "started")).isTrue();
        assertThat(delivers(R1, 1, 1, "delta")).isTrue();
        assertThat(delivers(R1, 1, 1, "delta")).isFalse();
        assertThat(delivers(R1, 1, 0, "started")).isFalse();
        assertThat(delivers(R1, 1, 2, "delta")).isTrue();
    }

    @Test
    void discardsLateEventsOfAnOlderAttempt() {
        delivers(R1, 1, 0, "started");
        delivers(R1, 2, 0, "started");
        assertThat(delivers(R1, 1, 1, "delta")).isFalse();
        assertThat(delivers(R1, 2, 1, "delta")).isTrue();
    }

    @Test
    void closesARequestAtItsTerminalEventInAnyAttempt() {
        delivers(R1, 2, 0, "started");
        assertThat(delivers(R1, 1, 5, "completed")).isTrue();
        assertThat(delivers(R1, 2, 1, "delta")).isFalse();
        assertThat(delivers(R1, 2, 2, "completed")).isFalse();
        assertThat(delivers(R2, 1, 0, "started")).isTrue();
    }

    @Test
    void withholdsTheTextOfAnAttemptWhoseBeginningIsMissing() {
        delivers(R1, 1, 0, "started");
        delivers(R1, 1, 1, "delta");
        assertThat(delivers(R1, 2, 3, "delta")).isFalse();
        assertThat(delivers(R1, 2, 4, "stage")).isTrue();
        assertThat(delivers(R1, 2, 5, "completed")).isTrue();
    }

    @Test
    void withholdsTextAfterAGapUntilTheNextAttemptStarts() {
        delivers(R1, 1, 0, "started");
        reducer.gap();
        assertThat(delivers(R1, 1, 7, "delta")).isFalse();
        assertThat(delivers(R2, 1, 1, "delta")).isFalse();
        assertThat(delivers(R1, 2, 0, "started")).isTrue();
        assertThat(delivers(R1, 2, 1, "delta")).isTrue();
    }

    @Test
    void continuesAfterACursorWithoutDuplicatesOrGaps() {
        delivers(R1, 2, 0, "started");
        delivers(R1, 2, 1, "delta");
        reconnect();
        assertThat(delivers(R1, 2, 1, "delta")).isFalse();
        assertThat(delivers(R1, 1, 9, "delta")).isFalse();
        assertThat(delivers(R1, 2, 2, "delta")).isTrue();
    }

    @Test
    void keepsWithholdingTextAfterACursor() {
        reducer.gap();
        delivers(R1, 1, 3, "stage");
        reconnect();
        assertThat(delivers(R1, 1, 4, "delta")).isFalse();
    }

    @Test
    void keepsTheTurnInFlightInTheCursorWhileAnotherIsQueued() {
        delivers(R1, 1, 0, "started");
        delivers(R1, 1, 1, "delta");
        delivers(R2, 0, 0, "queued");
        reconnect();
        assertThat(delivers(R1, 1, 1, "delta")).isFalse();
        assertThat(delivers(R1, 1, 2, "delta")).isTrue();
    }

    @Test
    void discardsLateEventsOfATurnBeforeTheOneInFlight() {
        delivers(R1, 1, 0, "started");
        delivers(R1, 1, 1, "completed");
        delivers(R2, 1, 0, "started");
        reconnect();
        assertThat(delivers(R1, 1, 1, "delta")).isFalse();
        assertThat(delivers(R2, 1, 1, "delta")).isTrue();
    }

    /** The previous owner resumes only after the next turn has ended. */
    @Test
    void discardsLateEventsOfATurnBeforeTheLastOneThatRan() {
        delivers(R1, 1, 0, "started");
        delivers(R1, 1, 1, "completed");
        delivers(R2, 1, 0, "started");
        delivers(R2, 1, 1, "completed");
        reconnect();
        assertThat(delivers(R1, 1, 1, "completed")).isFalse();
        reconnect();
        assertThat(delivers(R1, 1, 1, "completed")).isFalse();
        assertThat(delivers(R3, 1, 0, "started")).isTrue();
    }

    /**
     * A client that follows one request after a cursor of its session may never receive the terminal event of the turn
     * before.
     */
    @Test
    void deliversTheNextTurnIfTheEndOfTheCursorsTurnWasNotSeen() {
        delivers(R1, 1, 0, "started");
        reconnect();
        assertThat(delivers(R2, 1, 0, "started")).isTrue();
        assertThat(delivers(R2, 1, 1, "delta")).isTrue();
        assertThat(delivers(R2, 1, 2, "completed")).isTrue();
    }

    /** A turn that is rejected or cancelled while it waits ends before the running turn. */
    @Test
    void deliversTheEndOfATurnThatNeverRanAtAnyOffset() {
        delivers(R2, 1, 0, "started");
        reconnect();
        assertThat(delivers(R3, 0, 0, "cancelled")).isTrue();
        assertThat(delivers(R1, 0, 0, "cancelled")).isTrue();
        assertThat(delivers(R2, 1, 1, "delta")).isTrue();
    }

    /** The offset of the turn was not committed, so the turn is redelivered and a second queued event is published. */
    @Test
    void deliversNothingOfARedeliveredTurnThatEndedBeforeTheLastOneThatRan() {
        for (RequestId request : new RequestId[] {R1, R2, R3}) {
            delivers(request, 1, 0, "started");
            delivers(request, 1, 1, "completed");
        }
        reconnect();
        assertThat(delivers(R2, 0, 0, "queued")).isFalse();
        assertThat(delivers(R2, 1, 1, "completed")).isFalse();
        assertThat(delivers(Events.id(4), 0, 0, "queued")).isTrue();
    }

    @Test
    void deliversTurnsWithoutAnOffsetInOrderOfArrival() {
        delivers(R2, 1, 0, "completed");
        reconnect();
        assertThat(reducer.accepts(new LoggedEvent(1, "started", R1, -1, 1, 0, new byte[0], null, null)))
                .isTrue();
    }

    @Test
    void keepsWithholdingTextAfterACursorIfOnlyAWaitingTurnWasSeenSinceTheGap() {
        reducer.gap();
        delivers(R2, 0, 0, "queued");
        reconnect();
        assertThat(delivers(R1, 1, 4, "delta")).isFalse();
    }

    @Test
    void continuesInTheMiddleOfATurnIfNoEventIsMissing() {
        reconnect();
        assertThat(delivers(R1, 1, 4, "delta")).isTrue();
    }

    @Test
    void deliversTheRestOfATurnToAClientThatConnectsInTheMiddle() {
        assertThat(delivers(R1, 1, 5, "delta")).isTrue();
    }

    @Test
    void remembersABoundedNumberOfRequests() {
        for (int i = 0; i < 10 * EventReducer.MAX_REMEMBERED; i++) {
            assertThat(delivers(Events.id(1_000 + i), 0, 0, "cancelled")).isTrue();
        }
        assertThat(delivers(Events.id(1_000 + 10 * EventReducer.MAX_REMEMBERED - 1), 0, 0, "cancelled"))
                .isFalse();
        assertThat(delivers(Events.id(1_000), 0, 0, "cancelled"))
                .as("forgotten")
                .isTrue();
    }
}

package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.Usage;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Clients may order the events of an attempt by their numbers, also its end. */
class EventNumbersTest extends TurnTests {

    @Test
    void numbersTheEndOfACancelledTurnBehindItsText() {
        agent = (question, remembered, sink) -> {
            sink.stage("thinking");
            sink.delta("some text");
            memory.requestCancel(ask.requestId());
            flights.cancel(ask.key(), ask.requestId());
            throw new InterruptedException();
        };
        run();
        assertThat(types()).containsExactly("started", "stage", "delta", "cancelled");
        assertThat(numbers()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void numbersTheEndOfATurnThatWasCancelledDuringItsCommitBehindItsText() {
        agent = (question, remembered, sink) -> {
            sink.delta("some text");
            return Answer.ofText("some text");
        };
        memory.duringCommit(() -> memory.requestCancel(ask.requestId()));
        run();
        assertThat(types()).containsExactly("started", "delta", "cancelled");
        assertThat(numbers()).containsExactly(0, 1, 2);
    }

    @Test
    void numbersTheEndOfALaterAttemptBehindEverything() {
        FlightRef later = new FlightRef(ask.key(), ask.requestId(), "of a newer owner", 2, 0, 7, NOW);
        memory.duringCommit(() -> {
            memory.begin(new BeginRequest(later, ask, Map.of(), 42L, false, false, true, 0, Duration.ZERO, null));
            memory.fail(later, TurnError.of(ErrorCode.AGENT_ERROR, "no"), true, Usage.NONE, Map.of());
        });
        run();
        assertThat(types()).containsExactly("started", "failed");
        assertThat(events.getLast().attempt()).isEqualTo(2);
        assertThat(events.getLast().seq()).isEqualTo(TurnEvent.SEQ_AFTER_ALL);
    }

    @Test
    void numbersAnEndThatAnotherFlightPublishesBehindEverything() {
        run();
        run(); // delivered again
        assertThat(types()).containsExactly("started", "completed", "completed");
        assertThat(numbers()).containsExactly(0, 1, TurnEvent.SEQ_AFTER_ALL);
        Ask other = ask("never begun");
        Turn turn = turn(other, wire.write(other));
        memory.requestCancel(other.requestId());
        run(turn);
        assertThat(events.getLast().attempt()).isZero();
        assertThat(events.getLast().seq()).as("behind a queued event, number 0").isPositive();
    }

    private List<Integer> numbers() {
        return events.stream().map(TurnEvent::seq).toList();
    }
}

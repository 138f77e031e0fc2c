package io.turnlane.processor.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.store.memory.Memory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HistoryWindowTest {

    private static final PastTurn SMALL = turn("12345678", "1234"); // 4 + 2 and 4 + 1 tokens
    private static final PastTurn LARGE = turn("1", "ü".repeat(100)); // 4 + 1 and 4 + 50 tokens

    @Test
    void endsBeforeTheFirstTurnThatDoesNotFit() {
        Memory memory = new Memory(List.of(SMALL, LARGE, SMALL), false);
        assertThat(HistoryWindow.lastTurns(memory, 10)).isEmpty();
        assertThat(HistoryWindow.lastTurns(memory, 11)).containsExactly(SMALL);
        assertThat(HistoryWindow.lastTurns(memory, 11 + 58)).containsExactly(SMALL);
        assertThat(HistoryWindow.lastTurns(memory, 11 + 59)).containsExactly(LARGE, SMALL);
        assertThat(HistoryWindow.lastTurns(memory, 1000)).containsExactly(SMALL, LARGE, SMALL);
    }

    @Test
    void isEmptyIfThereIsNoHistoryOrNoBudget() {
        assertThat(HistoryWindow.lastTurns(Memory.EMPTY, 1000)).isEmpty();
        assertThat(HistoryWindow.lastTurns(new Memory(List.of(SMALL), false), 0))
                .isEmpty();
    }

    private static PastTurn turn(String question, String answer) {
        return new PastTurn(
                new RequestId(new UUID(0, 1)),
                RequestStatus.COMPLETED,
                question,
                answer,
                null,
                List.of(),
                Duration.ZERO,
                Instant.EPOCH);
    }
}

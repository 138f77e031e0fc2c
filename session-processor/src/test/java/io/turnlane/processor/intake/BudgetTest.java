package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BudgetTest {

    private final Budget budget = new Budget(10, 1_000, 10);

    @Test
    void isExhaustedAtTheMaximumNumberOfTurnsUntilLessThanFourFifthsAreLeft() {
        add(9, 1);
        assertThat(budget.isExhausted()).isFalse();
        add(1, 1);
        assertThat(budget.isExhausted()).isTrue();
        budget.remove(1);
        budget.remove(1);
        assertThat(budget.isExhausted()).as("8 of 10 are open").isTrue();
        budget.remove(1);
        assertThat(budget.isExhausted()).isFalse();
        add(1, 1);
        assertThat(budget.isExhausted()).as("8 of 10 are open again").isFalse();
    }

    @Test
    void isExhaustedAtTheMaximumNumberOfBytes() {
        add(1, 999);
        assertThat(budget.isExhausted()).isFalse();
        add(1, 1);
        assertThat(budget.isExhausted()).isTrue();
        assertThat(budget.isFull()).isTrue();
    }

    @Test
    void isExhaustedAtTheMaximumNumberOfUnloadedTurnsAlthoughTheHeapHasRoom() {
        for (int i = 0; i < 10; i++) {
            assertThat(budget.isExhausted()).isFalse();
            budget.addUnloaded();
        }
        assertThat(budget.isExhausted()).isTrue();
        assertThat(budget.isFull()).isFalse();
    }

    @Test
    void isFullAtTheMaximumNumberOfTurns() {
        add(9, 1);
        assertThat(budget.isFull()).isFalse();
        add(1, 1);
        assertThat(budget.isFull()).isTrue();
    }

    @Test
    void makesPollsShortWhileItIsExhausted() {
        Duration ordinary = Duration.ofMillis(100);
        assertThat(budget.pollTime(ordinary)).isEqualTo(ordinary);
        add(10, 1);
        assertThat(budget.isExhausted()).isTrue();
        assertThat(budget.pollTime(ordinary)).isLessThan(ordinary);
    }

    @Test
    void dividesHalfOfItsTurnsAmongThePartitions() {
        assertThat(budget.partitionShare(2)).isEqualTo(2);
        assertThat(budget.partitionShare(100)).as("every partition can be read").isOne();
    }

    private void add(int turns, int size) {
        for (int i = 0; i < turns; i++) {
            budget.add(size);
        }
    }
}

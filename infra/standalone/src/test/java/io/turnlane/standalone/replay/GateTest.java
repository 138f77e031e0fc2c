package io.turnlane.standalone.replay;

import static io.turnlane.standalone.replay.ComparedTurns.answer;
import static io.turnlane.standalone.replay.ComparedTurns.error;
import static io.turnlane.standalone.replay.ComparedTurns.turn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.ErrorCode;
import io.turnlane.processor.replay.ComparedTurn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {

    private final ComparedTurn same = turn(1, answer("a", 100), answer("a", 250), 1);
    private final ComparedTurn different = turn(2, answer("a", 100), answer("b", 90), 0.8);
    private final ComparedTurn failed = turn(3, answer("a", 100), error(ErrorCode.AGENT_ERROR), 1);

    @ParameterizedTest
    @CsvSource({
        "similarity<0.9 > 2%, false, true, true",
        "similarity < 0.8 > 2%, false, false, true",
        "similarity<=0.8>2%, false, true, true",
        "different > 0, false, true, true",
        "error_new > 0, false, false, true",
        "latency>2 > 1%, true, false, false",
        "latency_ms>=250 > 1%, true, false, false",
        "tools > 0, false, false, false",
    })
    void countsTheTurnsForWhichTheConditionHolds(String text, boolean ofSame, boolean ofDifferent, boolean ofFailed) {
        Gate gate = Gate.parse(text);
        assertThat(gate.matches(same)).isEqualTo(ofSame);
        assertThat(gate.matches(different)).isEqualTo(ofDifferent);
        assertThat(gate.matches(failed)).isEqualTo(ofFailed);
    }

    @Test
    void failsAboveItsLimitOnly() {
        Gate share = Gate.parse("different > 2%");
        assertThat(share.evaluate(2, 100).failed()).isFalse();
        assertThat(share.evaluate(3, 100).failed()).isTrue();
        assertThat(Gate.parse("different >= 2%").evaluate(2, 100).failed()).isTrue();
        assertThat(Gate.parse("error_new > 0").evaluate(0, 100).failed()).isFalse();
        assertThat(Gate.parse("error_new > 0").evaluate(1, 100_000).failed()).isTrue();
        assertThat(share.evaluate(0, 0).failed()).isFalse();
    }

    /** The recorded agent gives another answer, too, if it is asked again. */
    @Test
    void ignoresDifferencesThatTheBaselineAlsoHas() {
        Gate gate = Gate.parse("different > 0");
        assertThat(gate.matches(turn(1, answer("a", 1), answer("c", 1), answer("b", 1), 0.5)))
                .isFalse();
        assertThat(gate.matches(turn(1, answer("a", 1), answer("a", 1), answer("b", 1), 0.5)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "similarity", "similarity > 2%", "different<1 > 2%", "beauty > 1", "similarity<x > 1%"})
    void rejectsTextThatIsNotAGate(String text) {
        assertThatThrownBy(() -> Gate.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}

package io.turnlane.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountedTest {

    @Test
    void addsAnSExceptToOne() {
        assertThat(Counted.of(0, "turn")).isEqualTo("0 turns");
        assertThat(Counted.of(1, "turn")).isEqualTo("1 turn");
        assertThat(Counted.of(2, "turn")).isEqualTo("2 turns");
    }
}

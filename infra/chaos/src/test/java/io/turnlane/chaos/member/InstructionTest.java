package io.turnlane.chaos.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.chaos.member.Instruction.ScriptedAction;
import org.junit.jupiter.api.Test;

class InstructionTest {

    @Test
    void aQuestionContainsTheWholeInstruction() {
        Instruction instruction = new Instruction("c-s1-4", 300, 20, ScriptedAction.THROW_ONCE);
        assertThat(Instruction.parse(instruction.text())).isEqualTo(instruction);
    }

    @Test
    void theDefaultIsAnImmediateAnswer() {
        assertThat(Instruction.parse("c-s1-4")).isEqualTo(new Instruction("c-s1-4", 0, 1, ScriptedAction.ANSWER));
    }

    @Test
    void timeAndNumberOfDeltasAreBounded() {
        assertThat(new Instruction("c-1", Integer.MAX_VALUE, Integer.MAX_VALUE, ScriptedAction.ANSWER))
                .isEqualTo(new Instruction("c-1", 600_000, 10_000, ScriptedAction.ANSWER));
    }

    @Test
    void aCanaryIsOneWord() {
        assertThatThrownBy(() -> new Instruction("c-1 c-2", 0, 1, ScriptedAction.ANSWER))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

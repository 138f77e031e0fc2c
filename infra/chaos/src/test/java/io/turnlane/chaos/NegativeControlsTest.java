package io.turnlane.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.scenario.Scenario;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Checks that the checker finds a violation if a promise is switched off. Otherwise its verdict on a regular run would
 * prove nothing. A frozen previous owner must resume at the right moment, so a test may take several rounds.
 */
class NegativeControlsTest {

    private static final int MAX_ROUNDS = 4;

    @ParameterizedTest
    @EnumSource
    void areFound(Control control) throws Exception {
        TestRig rig = TestRig.without(control);
        assertThat(isFound(control, rig))
                .as("run again: ./turnlane chaos --without %s --seed %d", control.word(), rig.seed())
                .isTrue();
    }

    private static boolean isFound(Control control, TestRig rig) throws Exception {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            if (control.isFound(
                    rig.run(Scenario.revealing(control), rig.seed() + round).verdict())) {
                return true;
            }
        }
        return false;
    }
}

package io.turnlane.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.FaultKind;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.scenario.Form;
import io.turnlane.chaos.scenario.Scenario;
import io.turnlane.chaos.scenario.ScenarioResult;
import io.turnlane.chaos.scenario.ScenarioRunner.ScenarioRun;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs every scenario in its quick form, on one rig of real processes. {@code ./turnlane chaos --seed …} does the same,
 * with {@code --full} in the long form.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // a run that hangs must not take the time of the whole build
class ChaosTest {

    @ParameterizedTest
    @EnumSource
    void keepsAllPromises(Scenario scenario) throws Exception {
        TestRig rig = TestRig.regular();
        assertHolds(rig.run(scenario, rig.seed()));
    }

    @Test
    void anAbortedScenarioDoesNotAffectTheNextOne() throws Exception {
        TestRig rig = TestRig.regular();
        for (FaultKind kind : List.of(FaultKind.KILL, FaultKind.FAILOVER)) {
            List<Fault> plan = List.of(
                    new Fault(Duration.ZERO, kind, Rig.REDIS, Duration.ZERO, 1),
                    new Fault(Duration.ZERO, FaultKind.KILL, "nobody", Duration.ZERO, 1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> rig.run(
                            new ScenarioRun(Scenario.F1, plan, rig.seed(), Form.QUICK, rig.nextFolder(Scenario.F1))))
                    .withMessageContaining("nobody");
        }
        assertHolds(rig.run(Scenario.F20, rig.seed()));
    }

    private static void assertHolds(ScenarioResult result) {
        assertThat(result.violations())
                .as(
                        "run again: ./turnlane chaos --seed %d --scenario %s; history in %s",
                        result.seed(), result.scenario(), result.folder())
                .isEmpty();
    }
}

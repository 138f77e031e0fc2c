package io.turnlane.chaos;

import io.turnlane.chaos.scenario.Scenario;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs the scenarios from F18 on as {@link ChaosTest} runs the others. */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // a run that hangs must not take the time of the whole build
class FurtherChaosTest {

    @ParameterizedTest
    @EnumSource(from = "F18")
    void keepsAllPromises(Scenario scenario) throws Exception {
        TestRig.assertKeepsAllPromises(scenario);
    }
}

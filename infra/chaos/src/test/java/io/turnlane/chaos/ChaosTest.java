package io.turnlane.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigSettings;
import io.turnlane.chaos.scenario.ChaosProgress;
import io.turnlane.chaos.scenario.Form;
import io.turnlane.chaos.scenario.Scenario;
import io.turnlane.chaos.scenario.ScenarioResult;
import io.turnlane.chaos.scenario.ScenarioRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs every scenario in its quick form, on one rig of real processes. {@code -Dseed=…} repeats the schedules of a
 * seed. {@code ./turnlane chaos --seed …} does the same, with {@code --full} in the long form.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChaosTest {

    private final long seed = Long.getLong("seed", RandomGenerator.getDefault().nextLong(1, 1_000_000));
    private final ChaosProgress progress = new ChaosProgress(System.out);
    private Path folder;
    private Rig rig;

    @BeforeAll
    void startTheRig() throws IOException, InterruptedException {
        folder = Files.createDirectories(Path.of("target/chaos").toAbsolutePath());
        folder = Files.createTempDirectory(folder, "seed-" + seed + "-");
        progress.line(
                "Chaos: seed " + seed + "; ./turnlane chaos --seed " + seed + " runs it again; histories in " + folder);
        rig = Rig.start(RigSettings.usual(folder.resolve("rig")).withClassPath(PackedProgram.classPath()));
    }

    @AfterAll
    void stopTheRig() {
        if (rig != null) {
            rig.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsAllPromises(Scenario scenario) throws Exception {
        progress.begins(scenario, scenario.plan(seed, Form.QUICK));
        ScenarioResult result = new ScenarioRunner(rig, progress, "test")
                .run(scenario, seed, Form.QUICK, folder.resolve(scenario.name()));
        progress.ended(result);
        assertThat(result.violations())
                .as(
                        "run again: ./turnlane chaos --seed %d --scenario %s; history in %s",
                        seed, scenario, result.folder())
                .isEmpty();
    }
}

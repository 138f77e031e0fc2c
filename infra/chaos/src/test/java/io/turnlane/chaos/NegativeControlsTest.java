package io.turnlane.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigSettings;
import io.turnlane.chaos.scenario.ChaosProgress;
import io.turnlane.chaos.scenario.Form;
import io.turnlane.chaos.scenario.Scenario;
import io.turnlane.chaos.scenario.ScenarioResult;
import io.turnlane.chaos.scenario.ScenarioRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Checks that the checker finds a violation if a promise is switched off. Otherwise its verdict on a regular run would
 * prove nothing. A frozen previous owner must resume at the right moment, so a test may take several rounds.
 * {@code -Dseed=…} repeats the schedules of a seed.
 */
class NegativeControlsTest {

    private static final int MAX_ROUNDS = 4;

    private final long seed = Long.getLong("seed", RandomGenerator.getDefault().nextLong(1, 1_000_000));
    private final ChaosProgress progress = new ChaosProgress(System.out);

    @ParameterizedTest
    @EnumSource
    void areFound(Control control) throws Exception {
        Path folder = Files.createDirectories(Path.of("target/chaos").toAbsolutePath());
        folder = Files.createTempDirectory(folder, "without-" + control.word() + "-" + seed + "-");
        progress.line("Chaos without " + control.word() + ": seed " + seed + "; histories in " + folder);
        RigSettings settings = RigSettings.usual(folder.resolve("rig"))
                .withClassPath(PackedProgram.classPath())
                .withProcessors(processors(control))
                .without(control);
        try (Rig rig = Rig.start(settings)) {
            assertThat(isFound(control, new ScenarioRunner(rig, progress, "test"), folder))
                    .as("run again: ./turnlane chaos --without %s --seed %d", control.word(), seed)
                    .isTrue();
        }
    }

    /**
     * Returns the number of processors. A single one can begin a turn twice. Otherwise a new owner is needed, and the
     * schedule names three processors.
     */
    private static int processors(Control control) {
        return control == Control.DEDUPE ? 1 : 3;
    }

    private boolean isFound(Control control, ScenarioRunner player, Path folder) throws Exception {
        Scenario scenario = Scenario.revealing(control);
        for (int round = 0; round < MAX_ROUNDS; round++) {
            progress.begins(scenario, scenario.plan(seed + round, Form.QUICK));
            ScenarioResult result =
                    player.run(scenario, seed + round, Form.QUICK, folder.resolve(scenario.name() + round));
            progress.ended(result);
            if (control.isFound(result.verdict())) {
                return true;
            }
        }
        return false;
    }
}

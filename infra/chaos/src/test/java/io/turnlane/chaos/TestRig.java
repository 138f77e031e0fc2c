package io.turnlane.chaos;

import io.turnlane.backends.PackedProgram;
import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigSettings;
import io.turnlane.chaos.scenario.ChaosProgress;
import io.turnlane.chaos.scenario.Form;
import io.turnlane.chaos.scenario.Scenario;
import io.turnlane.chaos.scenario.ScenarioResult;
import io.turnlane.chaos.scenario.ScenarioRunner;
import io.turnlane.chaos.scenario.ScenarioRunner.ScenarioRun;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The rig that all tests of this JVM share, because its start takes long. It ends with the JVM. {@code -Dseed=…}
 * repeats the schedules of a seed.
 */
final class TestRig {

    private static @Nullable TestRig shared;

    private final long seed = Long.getLong("seed", RandomGenerator.getDefault().nextLong(1, 1_000_000));
    private final ChaosProgress progress = new ChaosProgress(System.out);
    private final Path folder;
    private final Rig rig;
    private final ScenarioRunner runner;
    private int runs;

    private TestRig() throws IOException, InterruptedException {
        Path target = Files.createDirectories(Path.of("target/chaos").toAbsolutePath());
        folder = Files.createTempDirectory(target, "seed-" + seed + "-");
        progress.line(
                "Chaos: seed " + seed + "; ./turnlane chaos --seed " + seed + " runs it again; histories in " + folder);
        rig = Rig.start(RigSettings.usual(folder.resolve("rig")).withClassPath(classPath()));
        runner = new ScenarioRunner(rig, progress, "test");
    }

    /**
     * Returns the packed program if this build has packed it, since its class cache halves the start time of a process.
     * Otherwise returns the class path of this JVM.
     */
    private static String classPath() throws IOException, InterruptedException {
        String own = System.getProperty("java.class.path");
        if (!own.contains("standalone-") || !Files.exists(PackedProgram.JAR)) {
            return own;
        }
        PackedProgram.classCaches();
        return PackedProgram.JAR
                + File.pathSeparator
                + Path.of("target/classes").toAbsolutePath();
    }

    /**
     * Returns the rig, and starts it first if necessary. Its processors keep all promises, except this one if given.
     */
    static synchronized TestRig without(@Nullable Control promise) throws IOException, InterruptedException {
        TestRig rig = shared == null ? new TestRig() : shared;
        shared = rig;
        if (rig.rig.control() != promise) {
            rig.rig.restartProcessors(promise);
        }
        return rig;
    }

    /** Returns the rig with all promises. */
    static TestRig regular() throws IOException, InterruptedException {
        return without(null);
    }

    long seed() {
        return seed;
    }

    /** Runs the quick form of a scenario with its own schedule. */
    ScenarioResult run(Scenario scenario, long scheduleSeed) throws Exception {
        return run(new ScenarioRun(
                scenario, scenario.plan(scheduleSeed, Form.QUICK), scheduleSeed, Form.QUICK, nextFolder(scenario)));
    }

    ScenarioResult run(ScenarioRun run) throws Exception {
        progress.begins(run.scenario(), run.plan());
        ScenarioResult result = runner.run(run);
        progress.ended(result);
        return result;
    }

    /** Returns a new folder for the history of a run. */
    Path nextFolder(Scenario scenario) {
        return folder.resolve(scenario.name() + "-" + ++runs);
    }
}

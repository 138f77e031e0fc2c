package io.turnlane.chaos;

import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.report.ChaosReport;
import io.turnlane.chaos.report.MarkdownReport;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigSettings;
import io.turnlane.chaos.scenario.ChaosProgress;
import io.turnlane.chaos.scenario.Form;
import io.turnlane.chaos.scenario.Scenario;
import io.turnlane.chaos.scenario.ScenarioResult;
import io.turnlane.chaos.scenario.ScenarioRunner;
import io.turnlane.standalone.CodeVersion;
import io.turnlane.standalone.terminal.UsageErrorHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Command that runs scenarios on a rig (a complete Turnlane in separate processes) and reports which promises were
 * broken.
 */
@Command(
        name = "turnlane chaos",
        mixinStandardHelpOptions = true,
        versionProvider = ChaosCommand.ChaosVersion.class,
        description = {
            "Start a broker, Redis, 2 gateways and 3 processors on 127.0.0.1, inject faults under load, and check from"
                    + " outside that no question or answer was lost, duplicated or mixed up.",
            "docs/chaos.md describes the scenarios and the report."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all promises held", "1:a promise was violated, or the run failed", "2:invalid usage"})
public final class ChaosCommand implements Callable<Integer> {

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--full", description = "Run the long form of each scenario (30 minutes or more in total).")
    private boolean full;

    @Option(names = "--minutes", paramLabel = "N", description = "Repeat the scenarios until N minutes have passed.")
    private int minutes;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Repeat the schedules and questions of a seed. Default: random.")
    private long seed = RandomGenerator.getDefault().nextLong(1, 1_000_000);

    @Option(
            names = "--scenario",
            paramLabel = "F1,F6",
            split = ",",
            description = "Run only these scenarios. Default: all.")
    private List<String> scenarios = List.of();

    @Option(
            names = "--without",
            paramLabel = "PROMISE",
            description = "Negative control: switch off dedupe, order or fence. The checker must find it.")
    private @Nullable String without;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "Folder for histories and logs. Default: under chaos-runs/.")
    private @Nullable Path folder;

    public static void main(String[] args) {
        start(new ChaosCommand(), args);
    }

    /** Runs a command of this module and ends the program. Must be called before anything logs. */
    static void start(Callable<Integer> command, String[] args) {
        Locale.setDefault(Locale.ENGLISH); // the output is in English, and so are its numbers
        // With the default configuration, the Kafka and Redis clients of this process would log every fault.
        System.setProperty("logback.configurationFile", "turnlane-chaos-logback.xml");
        System.exit(commandLine(command).execute(args));
    }

    static CommandLine commandLine(Callable<Integer> command) {
        return new CommandLine(command)
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new UsageErrorHandler())
                .setExecutionExceptionHandler((failure, commandLine, _) -> {
                    commandLine.getErr().println("The run failed: " + failure);
                    return 1;
                });
    }

    @Override
    public Integer call() throws Exception {
        if (minutes < 0) {
            throw usageError("--minutes must not be negative.");
        }
        List<Scenario> chosen = chosen();
        Path output = folder == null
                ? Path.of(
                        "chaos-runs", LocalDateTime.now(ZoneId.systemDefault()).format(STAMP) + "-" + seed)
                : folder;
        ChaosProgress progress = new ChaosProgress(System.out);
        progress.line(
                "Turnlane chaos: seed " + seed + ", " + (full ? "full" : "quick") + " form, histories in " + output);
        List<ScenarioResult> results = new ArrayList<>();
        Exception failure = null;
        try {
            run(chosen, output.toAbsolutePath(), progress, results);
        } catch (Exception e) {
            failure = e;
            throw e;
        } finally {
            MarkdownReport.write(report(results, failure), output);
            progress.line("\nReport: " + output.resolve("report.md"));
        }
        return judged(results, progress);
    }

    private static ChaosReport report(List<ScenarioResult> results, @Nullable Exception failure) {
        return ChaosReport.of(results.stream().map(ScenarioResult::report).toList(), failure);
    }

    private int judged(List<ScenarioResult> results, ChaosProgress progress) {
        if (without != null) {
            boolean found = report(results, null).passed();
            progress.line(
                    found
                            ? "The checker found the violation, as required."
                            : "The checker did not find the violation.");
            return found ? 0 : 1;
        }
        long bad = results.stream().filter(result -> !result.clean()).count();
        progress.line(
                bad == 0
                        ? "\nAll promises held in " + results.size() + " runs."
                        : "\nPromises were violated in " + bad + " of " + results.size()
                                + " runs. To run them again: ./turnlane chaos --seed " + seed
                                + (full ? " --full" : ""));
        return bad == 0 ? 0 : 1;
    }

    /**
     * Runs each scenario once. With {@code --minutes}, runs further rounds of all scenarios until the time has passed.
     * Each round has the next seed.
     */
    private void run(List<Scenario> chosen, Path output, ChaosProgress progress, List<ScenarioResult> results)
            throws Exception {
        long until = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
        try (Rig rig = Rig.start(RigSettings.usual(output.resolve("rig")).without(control()))) {
            progress.line("Started: " + String.join(", ", rig.gatewayNames()) + ", "
                    + String.join(", ", rig.processorNames()));
            ScenarioRunner runner = new ScenarioRunner(rig, progress, CodeVersion.current());
            for (int played = 0; played < chosen.size() || System.nanoTime() < until; played++) {
                Scenario scenario = chosen.get(played % chosen.size());
                results.add(run(runner, scenario, seed + played / chosen.size(), output, progress));
            }
        }
    }

    private ScenarioResult run(
            ScenarioRunner runner, Scenario scenario, long roundSeed, Path output, ChaosProgress progress)
            throws Exception {
        Form form = full ? Form.FULL : Form.QUICK;
        progress.begins(scenario, scenario.plan(roundSeed, form));
        ScenarioResult result =
                runner.run(scenario, roundSeed, form, output.resolve(scenario.name() + "-" + roundSeed));
        progress.ended(result);
        return result;
    }

    private @Nullable Control control() {
        return without == null
                ? null
                : Control.named(without)
                        .orElseThrow(
                                () -> usageError("There is no promise " + without + ". Use dedupe, order or fence."));
    }

    private List<Scenario> chosen() {
        Control control = control();
        if (scenarios.isEmpty()) {
            return control == null ? List.of(Scenario.values()) : List.of(Scenario.revealing(control));
        }
        return scenarios.stream()
                .map(name -> Scenario.named(name)
                        .orElseThrow(() -> usageError(
                                "There is no scenario " + name + ". Use any of " + List.of(Scenario.values()))))
                .toList();
    }

    private ParameterException usageError(String what) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), what);
    }

    /**
     * Provides the versions of the code and of the checker. Results of two runs are comparable only if both versions
     * are equal.
     */
    static final class ChaosVersion implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"turnlane chaos: code " + CodeVersion.current() + ", checker " + Verdict.CHECKER};
        }
    }
}

package io.turnlane.chaos;

import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.report.ChaosReport;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigSettings;
import io.turnlane.chaos.scenario.ChaosProgress;
import io.turnlane.chaos.scenario.Form;
import io.turnlane.chaos.scenario.Scenario;
import io.turnlane.chaos.scenario.ScenarioResult;
import io.turnlane.chaos.scenario.ScenarioRunner;
import io.turnlane.standalone.UsageErrorHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
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

/** The command: starts a rig, plays scenarios on it, and says what held. */
@Command(
        name = "turnlane chaos",
        mixinStandardHelpOptions = true,
        versionProvider = ChaosCommand.ChaosVersion.class,
        description = {
            "Start a broker, a Redis, 2 gateways and 3 processors on 127.0.0.1, break them under load in every way we"
                    + " know, and check from outside that nothing was lost, doubled or mixed.",
            "What the scenarios are, and how to read the report: docs/chaos.md."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all promises held", "1:some did not, or the rig failed", "2:wrong usage"})
public final class ChaosCommand implements Callable<Integer> {

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--full", description = "The long form of each scenario (half an hour or more in all).")
    private boolean full;

    @Option(names = "--minutes", paramLabel = "N", description = "Go on from round to round for so long.")
    private int minutes;

    @Option(names = "--seed", paramLabel = "S", description = "Draw the same schedules and questions again.")
    private long seed = RandomGenerator.getDefault().nextLong(1, 1_000_000);

    @Option(names = "--scenario", paramLabel = "F1,F6", split = ",", description = "Only these. Default: all.")
    private List<String> scenarios = List.of();

    @Option(
            names = "--without",
            paramLabel = "PROMISE",
            description = "Negative control: switch off dedupe, order or fence. The checker has to find it.")
    private @Nullable String without;

    @Option(names = "--folder", paramLabel = "DIR", description = "For histories and logs. Default: under chaos-runs/.")
    private @Nullable Path folder;

    public static void main(String[] args) {
        // Before anything logs: the driver's clients of Kafka and Redis have much to complain of.
        System.setProperty("logback.configurationFile", "turnlane-chaos-logback.xml");
        System.exit(new CommandLine(new ChaosCommand())
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(new UsageErrorHandler())
                .setExecutionExceptionHandler((failure, commandLine, _) -> {
                    commandLine.getErr().println("The run broke off: " + failure);
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (minutes < 0) {
            throw wrong("--minutes can't be negative");
        }
        List<Scenario> chosen = chosen();
        Path where = folder == null
                ? Path.of(
                        "chaos-runs", LocalDateTime.now(ZoneId.systemDefault()).format(STAMP) + "-" + seed)
                : folder;
        ChaosProgress progress = new ChaosProgress(System.out);
        progress.line(
                "Turnlane chaos: seed " + seed + ", " + (full ? "full" : "quick") + " form, histories in " + where);
        List<ScenarioResult> results = new ArrayList<>();
        try {
            play(chosen, where.toAbsolutePath(), progress, results);
        } finally {
            report(results).writeTo(where);
            progress.line("\nReport: " + where.resolve("report.md"));
        }
        return judged(results, progress);
    }

    private static ChaosReport report(List<ScenarioResult> results) {
        return ChaosReport.of(results.stream().map(ScenarioResult::report).toList());
    }

    private int judged(List<ScenarioResult> results, ChaosProgress progress) {
        if (without != null) {
            boolean found = report(results).passed();
            progress.line(found ? "The checker found it, as it has to." : "The checker is blind to it.");
            return found ? 0 : 1;
        }
        long bad = results.stream().filter(result -> !result.clean()).count();
        progress.line(
                bad == 0
                        ? "\nAll promises held in " + results.size() + " runs."
                        : "\nPromises were broken in " + bad + " of " + results.size()
                                + " runs. Replay: ./turnlane chaos --seed " + seed + (full ? " --full" : ""));
        return bad == 0 ? 0 : 1;
    }

    /**
     * Each scenario once; with {@code --minutes} round after round, with the next seed each, until the time is over.
     */
    private void play(List<Scenario> chosen, Path where, ChaosProgress progress, List<ScenarioResult> results)
            throws Exception {
        long until = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
        try (Rig rig = Rig.start(RigSettings.usual(where.resolve("rig")).without(control()))) {
            progress.line("The rig is up: " + String.join(", ", rig.gatewayNames()) + ", "
                    + String.join(", ", rig.processorNames()));
            ScenarioRunner player = new ScenarioRunner(rig, progress, CodeVersion.current());
            for (int played = 0; played < chosen.size() || System.nanoTime() < until; played++) {
                Scenario scenario = chosen.get(played % chosen.size());
                results.add(play(player, scenario, seed + played / chosen.size(), where, progress));
            }
        }
    }

    private ScenarioResult play(
            ScenarioRunner player, Scenario scenario, long roundSeed, Path where, ChaosProgress progress)
            throws Exception {
        Form form = full ? Form.FULL : Form.QUICK;
        progress.begins(scenario, scenario.plan(roundSeed, form));
        ScenarioResult result = player.run(scenario, roundSeed, form, where.resolve(scenario.name() + "-" + roundSeed));
        progress.ended(result);
        return result;
    }

    private @Nullable Control control() {
        return without == null
                ? null
                : Control.named(without)
                        .orElseThrow(() -> wrong("There is no promise " + without + ": dedupe, order, fence"));
    }

    private List<Scenario> chosen() {
        Control control = control();
        if (scenarios.isEmpty()) {
            return control == null ? List.of(Scenario.values()) : List.of(Scenario.revealing(control));
        }
        return scenarios.stream()
                .map(name -> Scenario.named(name)
                        .orElseThrow(() -> wrong("There is no scenario " + name + ": " + List.of(Scenario.values()))))
                .toList();
    }

    private ParameterException wrong(String what) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), what);
    }

    /** Two runs compare only where these agree. */
    static final class ChaosVersion implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"turnlane chaos: code " + CodeVersion.current() + ", checker " + Verdict.CHECKER};
        }
    }
}

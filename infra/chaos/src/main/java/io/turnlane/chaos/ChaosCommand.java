package io.turnlane.chaos;

import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.report.ChaosReport;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigSettings;
import io.turnlane.chaos.scenario.Form;
import io.turnlane.chaos.scenario.Player;
import io.turnlane.chaos.scenario.Progress;
import io.turnlane.chaos.scenario.Result;
import io.turnlane.chaos.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
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

    @Option(names = "--full", description = "The long form of each scenario (about an hour in all).")
    private boolean full;

    @Option(names = "--minutes", paramLabel = "N", description = "Go on from round to round for so long.")
    private int minutes;

    @Option(names = "--seed", paramLabel = "S", description = "Draw the same schedules and questions again.")
    private long seed = RandomGenerator.getDefault().nextLong(1, 1_000_000);

    @Option(names = "--scenario", paramLabel = "F1,F6", split = ",", description = "Only these. Default: all.")
    private List<String> scenarios = List.of();

    @Option(
            names = "--control",
            paramLabel = "PROMISE",
            description = "Switch a promise off (dedupe, order or fence); exit code 0 if the checker finds out.")
    private @Nullable Control control;

    @Option(names = "--folder", paramLabel = "DIR", description = "For histories and logs. Default: under chaos-runs/.")
    private @Nullable Path folder;

    public static void main(String[] args) {
        // Before anything logs: the driver's clients of Kafka and Redis have much to complain of.
        System.setProperty("logback.configurationFile", "turnlane-chaos-logback.xml");
        System.exit(new CommandLine(new ChaosCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .execute(args));
    }

    @Override
    public Integer call() throws Exception {
        List<Scenario> chosen = chosen();
        Path where = folder == null
                ? Path.of(
                        "chaos-runs", LocalDateTime.now(ZoneId.systemDefault()).format(STAMP) + "-" + seed)
                : folder;
        Progress progress = new Progress(System.out);
        progress.line(
                "Turnlane chaos: seed " + seed + ", " + (full ? "full" : "quick") + " form, histories in " + where);
        if (control != null) {
            return broken(control, where.toAbsolutePath(), progress);
        }
        List<Result> results = play(chosen, where.toAbsolutePath(), progress);
        long bad = results.stream().filter(result -> !result.clean()).count();
        progress.line(
                bad == 0
                        ? "\nAll promises held in " + results.size() + " runs."
                        : "\nPromises were broken in " + bad + " of " + results.size()
                                + " runs. Replay: ./turnlane chaos --seed " + seed + (full ? " --full" : ""));
        return bad == 0 ? 0 : 1;
    }

    /** A rig that breaks a promise: the checker must say so. */
    private int broken(Control promise, Path where, Progress progress) throws Exception {
        Scenario scenario = Scenario.showing(promise);
        try (Rig rig = Rig.start(RigSettings.usual(where.resolve("rig")).without(promise))) {
            Result result = play(new Player(rig, progress, Commit.current()), scenario, seed, where, progress);
            report(List.of(result), where, progress);
            boolean found = promise.isFound(result.verdict());
            progress.line(
                    found
                            ? "\nThe checker found that " + promise.word() + " was off, as it must."
                            : "\nThe checker is blind: " + promise.word() + " was off, and it found nothing of it.");
            return found ? 0 : 1;
        }
    }

    private static void report(List<Result> results, Path where, Progress progress) throws IOException {
        ChaosReport.of(results.stream().map(Result::report).toList()).writeTo(where);
        progress.line("\nThe report: " + where.resolve("report.md"));
    }

    private List<Result> play(List<Scenario> chosen, Path where, Progress progress) throws Exception {
        List<Result> results = new ArrayList<>();
        long until = System.nanoTime() + minutes * 60_000_000_000L;
        try (Rig rig = Rig.start(RigSettings.usual(where.resolve("rig")))) {
            progress.line("The rig is up: " + String.join(", ", rig.gatewayNames()) + ", "
                    + String.join(", ", rig.processorNames()));
            Player player = new Player(rig, progress, Commit.current());
            int round = 0;
            do {
                for (Scenario scenario : chosen) {
                    results.add(play(player, scenario, seed + round, where, progress));
                }
                round++;
            } while (System.nanoTime() < until);
        }
        report(results, where, progress);
        return results;
    }

    private Result play(Player player, Scenario scenario, long roundSeed, Path where, Progress progress)
            throws Exception {
        Form form = full ? Form.FULL : Form.QUICK;
        progress.begins(scenario, scenario.plan(roundSeed, form));
        Result result = player.play(scenario, roundSeed, form, where.resolve(scenario.name() + "-" + roundSeed));
        progress.ended(result);
        return result;
    }

    private List<Scenario> chosen() {
        if (scenarios.isEmpty()) {
            return List.of(Scenario.values());
        }
        return scenarios.stream()
                .map(name -> Scenario.named(name)
                        .orElseThrow(() -> new ParameterException(
                                java.util.Objects.requireNonNull(spec).commandLine(),
                                "There is no scenario " + name + ": " + List.of(Scenario.values()))))
                .toList();
    }
}

package io.turnlane.bench;

import io.turnlane.bench.scenario.BenchProgress;
import io.turnlane.bench.scenario.BenchScenario;
import io.turnlane.bench.scenario.BenchSettings;
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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command that measures Turnlane beside floors and alternatives, on this machine and in the same run. */
@Command(
        name = "turnlane bench",
        mixinStandardHelpOptions = true,
        versionProvider = BenchCommand.BenchVersion.class,
        description = {
            "Start a separate Turnlane on 127.0.0.1, and measure it beside what its parts can do at most.",
            "docs/performance/README.md describes the scenarios and how to read the results."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every scenario was measured, and every answer was correct",
            "1:a request failed, an answer was not correct, or the run failed",
            "2:invalid usage"
        })
public final class BenchCommand implements Callable<Integer> {

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "SCENARIO",
            arity = "0..*",
            description = "Scenarios to run: ${COMPLETION-CANDIDATES}. Default: ask, engine and startup.",
            completionCandidates = Labels.class)
    private List<String> scenarios = List.of();

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds of measurements. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(names = "--seconds", paramLabel = "S", description = "Time of one measurement. Default: 7; of seed: 300.")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description = "Seconds of load on each subject before the first round. Default: ${DEFAULT-VALUE}.")
    private int warmUp = 30;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Size of the scenario: records of engine, waiting turns of backlog, stored sessions of"
                    + " sessions, streams of idle-streams, processors of scaling, users of seed.")
    private int count;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "Requests per second of open loops. Default: 500; of scaling: 50; of seed: 1000.")
    private int rate;

    @Option(
            names = "--alternatives",
            description = "Measure also ReplyingKafkaTemplate (ask) and @KafkaListener (engine).")
    private boolean alternatives;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "Folder for results, logs and data. Default: under bench-runs/.")
    private @Nullable Path folder;

    public static void main(String[] args) {
        Locale.setDefault(Locale.ENGLISH); // the output is in English, and so are its numbers
        System.setProperty("logback.configurationFile", "turnlane-bench-logback.xml");
        System.exit(new CommandLine(new BenchCommand())
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(new UsageErrorHandler())
                .setExecutionExceptionHandler((failure, commandLine, _) -> {
                    commandLine.getErr().println("The run failed: " + failure);
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws Exception {
        List<BenchScenario> chosen = chosen();
        if (rounds < 1 || seconds < 0 || warmUp < 0 || count < 0 || rate < 0) {
            throw usageError("--rounds must be at least 1, and other numbers must not be negative.");
        }
        Path output = folder == null
                ? Path.of(
                        "bench-runs", LocalDateTime.now(ZoneId.systemDefault()).format(STAMP))
                : folder;
        BenchProgress progress = new BenchProgress(System.out);
        boolean correct = true;
        for (BenchScenario scenario : chosen) {
            correct &= scenario.run(settings(scenario, output.toAbsolutePath()), progress);
        }
        progress.line(correct ? "Every answer was correct." : "Not every answer was correct. See failed and mixed.");
        return correct ? 0 : 1;
    }

    private BenchSettings settings(BenchScenario scenario, Path output) {
        Duration time = seconds == 0 ? scenario.usualTime() : Duration.ofSeconds(seconds);
        return new BenchSettings(output, rounds, time, Duration.ofSeconds(warmUp), count, rate, alternatives);
    }

    private List<BenchScenario> chosen() {
        if (scenarios.isEmpty()) {
            return List.of(BenchScenario.ASK, BenchScenario.ENGINE, BenchScenario.STARTUP);
        }
        return scenarios.stream()
                .map(name -> BenchScenario.named(name)
                        .orElseThrow(() -> usageError("There is no scenario " + name + ". Use any of "
                                + String.join(", ", new Labels()) + ".")))
                .toList();
    }

    private ParameterException usageError(String what) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), what);
    }

    /** Names of the scenarios. */
    static final class Labels extends ArrayList<String> {
        Labels() {
            for (BenchScenario scenario : BenchScenario.values()) {
                add(scenario.label());
            }
        }
    }

    /** Provides the version of the code. */
    static final class BenchVersion implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"turnlane bench: code " + CodeVersion.current()};
        }
    }
}

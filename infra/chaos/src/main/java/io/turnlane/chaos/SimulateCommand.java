package io.turnlane.chaos;

import io.turnlane.chaos.simulation.Mutation;
import io.turnlane.chaos.simulation.Simulation;
import io.turnlane.chaos.simulation.SimulationReport;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Command that runs simulations of the engine and reports which promises were broken. */
@Command(
        name = "turnlane simulate",
        mixinStandardHelpOptions = true,
        versionProvider = ChaosCommand.ChaosVersion.class,
        description = {
            "Run the engine under a virtual clock, with faults drawn from seeds, and check its promises. Needs no Kafka"
                    + " and no Redis. The same seed always does the same steps.",
            "docs/simulator.md describes the faults and the checks."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all promises held; with --without: a violation was found",
            "1:a promise was violated; with --without: no violation was found",
            "2:invalid usage"
        })
public final class SimulateCommand implements Callable<Integer> {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "Number of simulations. Default: 1 with --seed, otherwise 1000.")
    private @Nullable Integer seeds;

    @Option(names = "--seed", paramLabel = "S", description = "First seed; the next ones follow. Default: 0.")
    private @Nullable Long seed;

    @Option(
            names = "--without",
            paramLabel = "PROMISE",
            description = "Negative control: switch off dedupe, fence or frontier, and stop at the first violation.")
    private Mutation mutation = Mutation.NONE;

    public static void main(String[] args) {
        ChaosCommand.start(new SimulateCommand(), args);
    }

    @Override
    public Integer call() {
        int count = seeds == null ? (seed == null ? 1000 : 1) : seeds;
        if (count < 1) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "--seeds must be at least 1.");
        }
        return mutation == Mutation.NONE ? simulate(count) : findViolation(count);
    }

    private int simulate(int count) {
        Progress progress = new Progress(count);
        int violated = 0;
        for (int i = 0; i < count; i++) {
            SimulationReport report = run(i, count == 1 ? out()::println : null);
            if (!report.violations().isEmpty()) {
                violated++;
                print(report);
            }
            progress.done(violated);
        }
        out().println(progress.rate() + (violated == 0 ? ", no violations" : ", " + violated + " with violations"));
        return violated == 0 ? 0 : 1;
    }

    private int findViolation(int count) {
        Progress progress = new Progress(count);
        for (int i = 0; i < count; i++) {
            SimulationReport report = run(i, null);
            progress.done(0);
            if (!report.violations().isEmpty()
                    && Simulation.run(report.seed(), Mutation.NONE).violations().isEmpty()) {
                print(report);
                out().println("The checks found a violation, as required, in simulation " + (i + 1) + ".");
                return 0;
            }
        }
        out().println("The checks found no violation in " + count + " simulations.");
        return 1;
    }

    private SimulationReport run(int number, @Nullable Consumer<String> journal) {
        return Simulation.run((seed == null ? 0 : seed) + number, mutation, journal);
    }

    private void print(SimulationReport report) {
        out().printf(
                        "Seed %d: %d violations. To repeat it: ./turnlane simulate --seed %d%s%n",
                        report.seed(),
                        report.violations().size(),
                        report.seed(),
                        mutation == Mutation.NONE
                                ? ""
                                : " --without " + mutation.name().toLowerCase(Locale.ROOT));
        report.violations().forEach(violation -> out().println("  " + violation));
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }

    /** Number of simulations that have ended, which is printed every few seconds. */
    private final class Progress {

        private final int count;
        private final long started = System.nanoTime();
        private long printed = started;
        private int done;

        private Progress(int count) {
            this.count = count;
        }

        private void done(int violated) {
            done++;
            if (done < count && System.nanoTime() - printed >= INTERVAL.toNanos()) {
                printed = System.nanoTime();
                out().println(rate() + " of " + count + ", " + violated + " with violations");
                out().flush();
            }
        }

        private String rate() {
            double seconds = (System.nanoTime() - started) / 1e9;
            return String.format(
                    Locale.ROOT, "%d simulations in %.1f s (%.0f per second)", done, seconds, done / seconds);
        }
    }
}

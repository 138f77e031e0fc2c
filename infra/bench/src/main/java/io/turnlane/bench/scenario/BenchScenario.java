package io.turnlane.bench.scenario;

import io.turnlane.bench.report.BenchReport;
import io.turnlane.bench.report.Metric;
import io.turnlane.bench.report.RunResults;
import io.turnlane.bench.report.Table;
import io.turnlane.bench.subject.HttpSubject;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The scenarios of {@code ./turnlane bench}. */
public enum BenchScenario {
    ASK("questions that wait for their answers, in closed loops and at a rate", HttpSubject.BARE_PATH),
    STREAM("questions whose answers are streamed", HttpSubject.BARE_PATH),
    ENGINE("records of one topic in the order of their keys", EngineScenario.FLOOR),
    BACKLOG("throughput with many waiting turns", BacklogScenario.FEW),
    SESSIONS("throughput with many stored sessions", SessionsScenario.FEW),
    IDLE_STREAMS("throughput with many open streams", IdleStreamsScenario.NONE),
    SCALING("from one to eight processors and to two, under load", null),
    STARTUP("start, first answer, and resources at rest", null),
    SEED("1,000 users at 1,000 questions per second, for five minutes", null);

    private final String description;
    private final @Nullable String floor;

    BenchScenario(String description, @Nullable String floor) {
        this.description = description;
        this.floor = floor;
    }

    /** Returns the name in commands, for example {@code idle-streams}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the time of one measurement, unless the user sets another one. */
    public Duration usualTime() {
        return this == SEED ? Duration.ofMinutes(5) : Duration.ofSeconds(7);
    }

    public String description() {
        return description;
    }

    public static Optional<BenchScenario> named(String label) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.label().equals(label))
                .findFirst();
    }

    /**
     * Runs the scenario, and writes the report also if it fails after some measurements.
     *
     * @return true if every request had its own, correct answer
     */
    public boolean run(BenchSettings settings, BenchProgress progress) throws Exception {
        RunResults results = new RunResults(label(), floor);
        progress.line(label() + ": " + description);
        try {
            work(new BenchRun(settings, progress, results));
        } finally {
            report(results, settings, progress);
        }
        return results.measurements().stream()
                .noneMatch(one -> one.values().getOrDefault(Metric.FAILED, 0.0) > 0
                        || one.values().getOrDefault(Metric.MIXED, 0.0) > 0);
    }

    private void work(BenchRun run) throws Exception {
        switch (this) {
            case ASK -> AskScenario.run(run);
            case STREAM -> StreamScenario.run(run);
            case ENGINE -> EngineScenario.run(run);
            case BACKLOG -> BacklogScenario.run(run);
            case SESSIONS -> SessionsScenario.run(run);
            case IDLE_STREAMS -> IdleStreamsScenario.run(run);
            case SCALING -> ScalingScenario.run(run);
            case STARTUP -> StartupScenario.run(run);
            case SEED -> SeedScenario.run(run);
        }
    }

    private static void report(RunResults results, BenchSettings settings, BenchProgress progress) throws IOException {
        if (!results.measurements().isEmpty()) {
            BenchReport.write(results, settings.described(), settings.folder());
            progress.text("\n" + Table.of(results));
            progress.line("report: " + settings.folder().resolve(results.scenario() + ".md"));
        }
    }
}

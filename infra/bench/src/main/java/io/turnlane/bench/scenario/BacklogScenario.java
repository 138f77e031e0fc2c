package io.turnlane.bench.scenario;

import io.turnlane.bench.report.Measurement;
import io.turnlane.bench.report.Metric;
import io.turnlane.bench.rig.Installation;
import io.turnlane.bench.rig.TurnBacklog;
import java.time.Duration;
import java.util.Map;

/**
 * Lets Turnlane work off turns that wait in the log: first a few of them, then a million, whose measurements follow one
 * another while the backlog shrinks.
 */
final class BacklogScenario {

    /** Condition to which the large backlog is compared. */
    static final String FEW = "few waiting";

    private static final int USUAL_COUNT = 1_000_000;
    private static final int FIRST = 5_000;
    private static final String LOAD = "working off";

    private BacklogScenario() {}

    static void run(BenchRun run) throws Exception {
        BenchSettings settings = run.settings();
        Duration time = settings.time();
        int count = settings.countOr(USUAL_COUNT);
        try (Installation installation = Installation.start(settings.folder().resolve("installation"));
                TurnBacklog backlog = new TurnBacklog(installation.kafka())) {
            double rate = warmUp(run, backlog);
            // Enough turns for the measurement even if the rate doubles.
            int few =
                    (int) Math.min(count, 1000 + 2 * rate * time.plusSeconds(2).toSeconds());
            for (int round = 1; round <= settings.rounds(); round++) {
                backlog.publish(few);
                add(run, FEW, round, backlog.completedPerSecond(time));
                backlog.awaitDrained(time.multipliedBy(10).plusSeconds(60));
            }
            backlog.publish(count);
            run.progress().line("published " + count + " turns; " + backlog.waiting() + " wait");
            for (int round = 1; round <= settings.rounds(); round++) {
                add(run, count + " waiting", round, backlog.completedPerSecond(time));
            }
            run.progress().line(backlog.waiting() + " turns still wait");
        }
    }

    /** Works off turns for the warm-up time, and returns the last rate per second. */
    private static double warmUp(BenchRun run, TurnBacklog backlog) throws Exception {
        run.progress().line("warming up");
        long end = System.nanoTime() + run.settings().warmUp().toNanos();
        double rate;
        do {
            long start = System.nanoTime();
            backlog.publish(FIRST);
            backlog.awaitDrained(Duration.ofMinutes(2));
            rate = FIRST / ((System.nanoTime() - start) / 1e9);
        } while (System.nanoTime() < end);
        return rate;
    }

    private static void add(BenchRun run, String condition, int round, double rate) {
        run.add(new Measurement(LOAD, condition, round, Map.of(Metric.THROUGHPUT, rate)));
    }
}

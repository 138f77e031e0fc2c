package io.turnlane.bench.scenario;

import io.turnlane.bench.load.LoadResult;
import io.turnlane.bench.load.LoadShape;
import io.turnlane.bench.report.Measurement;
import io.turnlane.bench.report.Metric;
import io.turnlane.bench.rig.Installation;
import io.turnlane.bench.rig.ProcessUse;
import io.turnlane.bench.subject.HttpSubject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts {@code up} on an empty data folder, asks one question, and then leaves everything alone: time until it is
 * ready and until the first answer, and its memory and CPU time at rest.
 */
final class StartupScenario {

    /** Time after the first answer in which caches fill, hot code is compiled and start-up tasks end. */
    private static final Duration SETTLING = Duration.ofSeconds(30);

    private StartupScenario() {}

    static void run(BenchRun run) throws Exception {
        for (int round = 1; round <= run.settings().rounds(); round++) {
            long begin = System.nanoTime();
            try (Installation installation =
                    Installation.start(run.settings().folder().resolve("installation-" + round))) {
                long ready = System.nanoTime();
                LoadResult first = HttpSubject.turnlane(installation, "first-" + round + "-", 1)
                        .run(new LoadShape.OpenLoop(1, 1, Duration.ofSeconds(1)));
                if (first.answered() != 1) {
                    throw new IllegalStateException("The first question was not answered.");
                }
                double firstAnswer = seconds(ready - begin) + first.percentileMillis(100) / 1000;
                List<ProcessHandle> all = new ArrayList<>(installation.backends());
                all.addAll(installation.turnlane().processes());
                TimeUnit.NANOSECONDS.sleep(SETTLING.toNanos());
                double idle = cpuShare(all, run.settings().time());
                run.add(new Measurement(
                        "empty data folder",
                        HttpSubject.TURNLANE,
                        round,
                        Map.of(
                                Metric.READY,
                                seconds(ready - begin),
                                Metric.FIRST_ANSWER,
                                firstAnswer,
                                Metric.MEMORY,
                                ProcessUse.residentBytes(all) / (double) (1 << 20),
                                Metric.IDLE_CPU,
                                idle)));
            }
        }
    }

    /** Returns the CPU time that the processes use during this time, in percent of one core. */
    private static double cpuShare(List<ProcessHandle> processes, Duration time) throws InterruptedException {
        Duration before = ProcessUse.cpu(processes);
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        Duration used = ProcessUse.cpu(processes).minus(before);
        return 100.0 * used.toNanos() / (System.nanoTime() - start);
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }
}

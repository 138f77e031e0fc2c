package io.turnlane.bench.scenario;

import io.turnlane.bench.load.LoadShape;
import io.turnlane.bench.report.Measurement;
import io.turnlane.bench.report.Metric;
import io.turnlane.bench.rig.Installation;
import io.turnlane.bench.rig.ProcessorGroup;
import io.turnlane.bench.subject.HttpSubject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Changes the number of processors under a constant load: from one to many, and then to two. Shows how long it takes
 * until the partitions are balanced, what the changes cost in latency, and that no question is lost.
 */
final class ScalingScenario {

    private static final int USUAL_MOST = 8;
    private static final int LEAST = 2;
    private static final int USUAL_RATE = 50;
    private static final int AGENT_MILLIS = 200;
    private static final int CONNECTIONS = 500;

    /** Time of one measurement while the number of processors changes. */
    private static final Duration SLICE = Duration.ofSeconds(5);

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration BALANCE_LIMIT = Duration.ofMinutes(2);

    private ScalingScenario() {}

    static void run(BenchRun run) throws Exception {
        int most = Math.max(LEAST, run.settings().countOr(USUAL_MOST));
        try (Installation installation =
                        Installation.start(run.settings().folder().resolve("installation"));
                ProcessorGroup group = new ProcessorGroup(installation.kafka())) {
            HttpSubject subject = HttpSubject.working(installation, "scaling", AGENT_MILLIS);
            run.warmUp(List.of(subject), 64);
            steadily(run, installation, subject, 1);
            change(run, installation, subject, "1 → " + most + " processors", () -> {
                for (int started = 1; started < most; started++) {
                    installation.startProcessor();
                }
                return awaitBalance(group, most);
            });
            steadily(run, installation, subject, most);
            change(run, installation, subject, most + " → " + LEAST + " processors", () -> {
                for (int left = most; left > LEAST; left--) {
                    installation.stopProcessor();
                }
                return awaitBalance(group, LEAST);
            });
            steadily(run, installation, subject, LEAST);
        }
    }

    private static void steadily(BenchRun run, Installation installation, HttpSubject subject, int processors)
            throws Exception {
        String label = processors == 1 ? "1 processor" : processors + " processors";
        for (int round = 1; round <= run.settings().rounds(); round++) {
            var _ = run.measure(subject, load(run, run.settings().time()), label, round, installation.backends());
        }
    }

    /** Measures in slices until the change is complete. */
    private static void change(
            BenchRun run, Installation installation, HttpSubject subject, String label, Callable<Void> change)
            throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long begin = System.nanoTime();
            Future<Double> seconds = threads.submit(() -> {
                change.call();
                return (System.nanoTime() - begin) / 1e9;
            });
            int slice = 1;
            do {
                var _ = run.measure(subject, load(run, SLICE), label, slice++, installation.backends());
            } while (!seconds.isDone());
            run.add(new Measurement(label, subject.name(), 1, Map.of(Metric.BALANCED, seconds.get())));
        }
    }

    private static LoadShape load(BenchRun run, Duration time) {
        return new LoadShape.OpenLoop(run.settings().rateOr(USUAL_RATE), CONNECTIONS, time);
    }

    private static Void awaitBalance(ProcessorGroup group, int processors) throws Exception {
        long limit = System.nanoTime() + BALANCE_LIMIT.toNanos();
        while (!group.isBalanced(processors)) {
            if (System.nanoTime() > limit) {
                throw new IllegalStateException("The partitions are not balanced among " + processors
                        + " processors after " + BALANCE_LIMIT.toSeconds() + " s.");
            }
            TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        }
        return null;
    }
}

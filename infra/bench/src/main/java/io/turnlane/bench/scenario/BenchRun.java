package io.turnlane.bench.scenario;

import io.turnlane.bench.load.LoadResult;
import io.turnlane.bench.load.LoadShape;
import io.turnlane.bench.report.Measurement;
import io.turnlane.bench.report.Metric;
import io.turnlane.bench.report.RunResults;
import io.turnlane.bench.rig.ProcessUse;
import io.turnlane.bench.subject.RawKafka;
import io.turnlane.bench.subject.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A run of one scenario: its settings, its progress and its results. Used by one thread. */
final class BenchRun {

    private final BenchSettings settings;
    private final BenchProgress progress;
    private final RunResults results;

    BenchRun(BenchSettings settings, BenchProgress progress, RunResults results) {
        this.settings = settings;
        this.progress = progress;
        this.results = results;
    }

    BenchSettings settings() {
        return settings;
    }

    BenchProgress progress() {
        return progress;
    }

    RunResults results() {
        return results;
    }

    /**
     * Loads each subject for the warm-up time, so that its JVM compiles the code that it runs often.
     *
     * @param clients number of clients of the load
     */
    void warmUp(List<? extends Subject> subjects, int clients) throws Exception {
        if (settings.warmUp().isZero()) {
            return;
        }
        for (Subject subject : subjects) {
            progress.line("warming up: " + subject.name());
            var _ = subject.run(new LoadShape.ClosedLoop(clients, settings.warmUp()));
        }
    }

    /**
     * Measures each subject with each load in each round. The subjects are measured one after another, in the reverse
     * order in every second round, so that a slow change of the machine affects all of them equally.
     */
    void interleave(List<? extends Subject> subjects, List<LoadShape> loads, List<ProcessHandle> backends)
            throws Exception {
        for (int round = 1; round <= settings.rounds(); round++) {
            List<Subject> order = new ArrayList<>(subjects);
            if (round % 2 == 0) {
                Collections.reverse(order);
            }
            for (LoadShape load : loads) {
                for (Subject subject : order) {
                    if (!(load instanceof LoadShape.OpenLoop && subject instanceof RawKafka)) {
                        measure(subject, load, load.label(), round, backends);
                    }
                }
            }
        }
    }

    /** Measures a subject once, and returns the result. */
    LoadResult measure(Subject subject, LoadShape load, String label, int round, List<ProcessHandle> backends)
            throws Exception {
        Duration own = ProcessUse.cpu(subject.processes());
        Duration shared = ProcessUse.cpu(backends);
        LoadResult result = subject.run(load);
        Map<Metric, Double> values = values(result);
        if (result.answered() > 0 && !subject.processes().isEmpty()) {
            addCpu(
                    values,
                    ProcessUse.cpu(subject.processes()).minus(own),
                    ProcessUse.cpu(backends).minus(shared),
                    result.answered());
        }
        add(new Measurement(label, subject.name(), round, values));
        return result;
    }

    private static Map<Metric, Double> values(LoadResult result) {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.THROUGHPUT, result.perSecond());
        values.put(Metric.P50, result.percentileMillis(50));
        values.put(Metric.P95, result.percentileMillis(95));
        values.put(Metric.P99, result.percentileMillis(99));
        if (result.firstPiece().getTotalCount() > 0) {
            values.put(Metric.FIRST_PIECE_P50, result.firstPiece().getValueAtPercentile(50) / 1000.0);
            values.put(Metric.FIRST_PIECE_P99, result.firstPiece().getValueAtPercentile(99) / 1000.0);
        }
        values.put(Metric.FAILED, (double) result.failed());
        values.put(Metric.MIXED, (double) result.mixed());
        return values;
    }

    private static void addCpu(Map<Metric, Double> values, Duration own, Duration backends, long answers) {
        double ownMillis = own.toNanos() / 1e6 / answers;
        double backendMillis = backends.toNanos() / 1e6 / answers;
        values.put(Metric.CPU, ownMillis);
        values.put(Metric.BACKENDS_CPU, backendMillis);
        if (ownMillis + backendMillis > 0) {
            values.put(Metric.PER_CORE, 1000 / (ownMillis + backendMillis));
        }
    }

    /** Adds a measurement to the results, and prints it. */
    void add(Measurement measurement) {
        results.add(measurement);
        StringBuilder line = new StringBuilder(
                "round %d, %s, %s:".formatted(measurement.round(), measurement.load(), measurement.subject()));
        for (Metric metric : Metric.values()) {
            Double value = measurement.values().get(metric);
            boolean error = metric == Metric.FAILED || metric == Metric.MIXED;
            if (value != null && (!error || value > 0)) {
                line.append(String.format(Locale.ROOT, "  %s %.2f%s", metric.title(), value, metric.unit()));
            }
        }
        progress.line(line.toString());
    }
}

package io.turnlane.bench.scenario;

import io.turnlane.backends.Backends;
import io.turnlane.backends.DataFolder;
import io.turnlane.bench.engine.EngineLog;
import io.turnlane.bench.engine.EngineRate;
import io.turnlane.bench.engine.KeyedEngine.EngineStart;
import io.turnlane.bench.engine.ListenerEngine;
import io.turnlane.bench.engine.ParallelConsumerEngine;
import io.turnlane.bench.engine.TurnlaneEngine;
import io.turnlane.bench.report.Measurement;
import io.turnlane.bench.report.Metric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Works on the records of a topic with 1,000 keys, in the order of each key, with the engines alone: no HTTP, no Redis,
 * no events. The work is a wait of 0, 1, 10 or 100 ms.
 */
final class EngineScenario {

    /** Subject to which the others are compared. */
    static final String FLOOR = "Parallel Consumer";

    private static final int[] WORK_MILLIS = {0, 1, 10, 100};
    private static final int USUAL_RECORDS = 400_000;

    private EngineScenario() {}

    private record NamedEngine(String name, EngineStart start) {}

    static void run(BenchRun run) throws Exception {
        BenchSettings settings = run.settings();
        List<NamedEngine> engines = new ArrayList<>(List.of(
                new NamedEngine("turnlane", TurnlaneEngine::start),
                new NamedEngine(FLOOR, ParallelConsumerEngine::start)));
        if (settings.alternatives()) {
            engines.add(new NamedEngine("@KafkaListener", ListenerEngine::start));
        }
        try (DataFolder folder = DataFolder.claim(settings.folder().resolve("backends"));
                Backends backends = Backends.on(folder, Backends.BackendOptions.embedded())) {
            backends.start();
            Properties kafka = new Properties();
            kafka.putAll(backends.kafkaClientSettings());
            kafka.put("bootstrap.servers", backends.bootstrapServers());
            EngineLog log = EngineLog.fill(kafka, settings.countOr(USUAL_RECORDS));
            run.progress().line("filled the topic with " + log.size() + " records");
            warmUp(run, engines, log);
            for (int round = 1; round <= settings.rounds(); round++) {
                for (int millis : WORK_MILLIS) {
                    for (NamedEngine engine : round % 2 == 0 ? engines.reversed() : engines) {
                        measure(run, engine, log, millis, round);
                    }
                }
            }
        }
    }

    private static void warmUp(BenchRun run, List<NamedEngine> engines, EngineLog log) throws InterruptedException {
        if (run.settings().warmUp().isZero()) {
            return;
        }
        for (NamedEngine engine : engines) {
            run.progress().line("warming up: " + engine.name());
            long end = System.nanoTime() + run.settings().warmUp().toNanos();
            while (System.nanoTime() < end) {
                var _ = EngineRate.measure(
                        engine.start(), log, Duration.ZERO, run.settings().warmUp());
            }
        }
    }

    private static void measure(BenchRun run, NamedEngine engine, EngineLog log, int millis, int round)
            throws InterruptedException {
        double rate = EngineRate.measure(
                engine.start(), log, Duration.ofMillis(millis), run.settings().time());
        Map<Metric, Double> values = new EnumMap<>(Map.of(Metric.THROUGHPUT, rate));
        if (millis > 0) {
            int parallel = Math.min(EngineLog.KEYS, TurnlaneEngine.SLOTS);
            values.put(Metric.OF_IDEAL, 100 * rate * millis / (1000.0 * parallel));
        }
        run.add(new Measurement(millis + " ms of work", engine.name(), round, values));
    }
}

package io.turnlane.bench.scenario;

import io.turnlane.bench.load.LoadResult;
import io.turnlane.bench.load.LoadShape;
import io.turnlane.bench.report.Measurement;
import io.turnlane.bench.report.Metric;
import io.turnlane.bench.rig.Installation;
import io.turnlane.bench.subject.HttpSubject;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Asks questions and streams their answers. The first loads have an agent that answers at once in 10 pieces, beside the
 * bare path, whose answer is one event. The last load has an agent that needs 200 ms, and shows what Turnlane adds to
 * the agent's own time.
 */
final class StreamScenario {

    private static final int PIECES = 10;
    private static final int AGENT_MILLIS = 200;
    private static final int USUAL_RATE = 500;

    private StreamScenario() {}

    static void run(BenchRun run) throws Exception {
        BenchSettings settings = run.settings();
        Duration time = settings.time();
        try (Installation installation = Installation.start(settings.folder().resolve("installation"))) {
            List<HttpSubject> subjects = List.of(
                    HttpSubject.streaming(installation, "st", 0, PIECES),
                    HttpSubject.barePath(installation, "st", HttpSubject.SESSIONS));
            run.warmUp(subjects, 64);
            List<LoadShape> loads = List.of(new LoadShape.ClosedLoop(1, time), new LoadShape.ClosedLoop(64, time));
            run.interleave(subjects, loads, installation.backends());
            HttpSubject slow = HttpSubject.streaming(installation, "slow", AGENT_MILLIS, PIECES);
            int rate = settings.rateOr(USUAL_RATE);
            LoadShape atRate = new LoadShape.OpenLoop(rate, rate, time);
            String label = atRate.label() + ", agent " + AGENT_MILLIS + " ms";
            for (int round = 1; round <= settings.rounds(); round++) {
                LoadResult result = run.measure(slow, atRate, label, round, installation.backends());
                run.add(new Measurement(
                        label,
                        slow.name(),
                        round,
                        Map.of(
                                Metric.ADDED_P50,
                                result.percentileMillis(50) - AGENT_MILLIS,
                                Metric.ADDED_P95,
                                result.percentileMillis(95) - AGENT_MILLIS)));
            }
        }
    }
}

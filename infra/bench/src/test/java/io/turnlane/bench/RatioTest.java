package io.turnlane.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.bench.engine.EngineLog;
import io.turnlane.bench.engine.EngineRate;
import io.turnlane.bench.engine.KeyedEngine.EngineStart;
import io.turnlane.bench.engine.ParallelConsumerEngine;
import io.turnlane.bench.engine.TurnlaneEngine;
import io.turnlane.bench.load.LoadResult;
import io.turnlane.bench.load.LoadShape;
import io.turnlane.bench.report.Spread;
import io.turnlane.bench.rig.Installation;
import io.turnlane.bench.subject.HttpSubject;
import io.turnlane.bench.subject.Subject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Compares Turnlane with the bare path and with Parallel Consumer for a few seconds. The bounds are generous: they find
 * a way that has become several times longer, not a few percent. {@code ./turnlane bench} measures.
 */
class RatioTest {

    /**
     * A tenth of the bare path. The compiler of this test run, and its cold JVMs, cost Turnlane more than the bare
     * path.
     */
    private static final double LEAST_OF_BARE_PATH = 0.08;

    private static final double LEAST_OF_PARALLEL_CONSUMER = 0.7;
    private static final int CLIENTS = 32;
    private static final int ROUNDS = 3;
    private static final int RECORDS = 60_000;

    private static Installation installation;

    @BeforeAll
    static void start() throws Exception {
        Path target = Files.createDirectories(Path.of("target/bench").toAbsolutePath());
        installation = Installation.start(Files.createTempDirectory(target, "ratio-"));
    }

    @AfterAll
    static void stop() {
        if (installation != null) {
            installation.close();
        }
    }

    @Test
    void asksAreNotManyTimesSlowerThanTheBarePath() throws Exception {
        Subject turnlane = HttpSubject.turnlane(installation, "r", HttpSubject.SESSIONS);
        Subject bare = HttpSubject.barePath(installation, "r", HttpSubject.SESSIONS);
        rate(turnlane, Duration.ofSeconds(5));
        rate(bare, Duration.ofSeconds(2));

        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            double own = rate(turnlane, Duration.ofSeconds(1));
            ratios.add(own / rate(bare, Duration.ofSeconds(1)));
        }

        assertThat(Spread.of(ratios).median())
                .as("median of the ratios %s of answers per second", ratios)
                .isGreaterThan(LEAST_OF_BARE_PATH);
    }

    private static double rate(Subject subject, Duration time) throws Exception {
        LoadResult result = subject.run(new LoadShape.ClosedLoop(CLIENTS, time));
        assertThat(result.wrong()).as("wrong answers of %s", subject.name()).isZero();
        return result.perSecond();
    }

    @Test
    void theEngineKeepsUpWithParallelConsumer() throws Exception {
        EngineLog log = EngineLog.fill(installation.kafka(), RECORDS);

        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            double own = rate(TurnlaneEngine::start, log);
            ratios.add(own / rate(ParallelConsumerEngine::start, log));
        }

        assertThat(Spread.of(ratios).median())
                .as("median of the ratios %s of records per second", ratios)
                .isGreaterThan(LEAST_OF_PARALLEL_CONSUMER);
    }

    private static double rate(EngineStart engine, EngineLog log) throws InterruptedException {
        return EngineRate.measure(engine, log, Duration.ofMillis(1), Duration.ofSeconds(3));
    }
}

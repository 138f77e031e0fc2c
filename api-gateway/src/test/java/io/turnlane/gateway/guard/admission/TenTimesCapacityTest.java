package io.turnlane.gateway.guard.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ten times as many questions as twenty slots can answer, for a minute of simulated time. Processors publish statistics
 * once a second, gateways read them twice a second, and a turn takes between half and one and a half times the mean.
 * The throughput must stay at the capacity, and admitted turns must not wait much longer than the limit.
 */
class TenTimesCapacityTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int SLOTS = 20;
    private static final int OPEN = 150;
    private static final int STEP_MS = 10;
    private static final int WARM_UP_MS = 10_000;
    private static final int END_MS = 70_000;

    private final Instant start = Instant.parse("2026-11-21T06:00:00Z");
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    private int now;
    private List<ProcessorStatistics> figures = List.of();
    private final Queue<Integer> log = new ArrayDeque<>();
    private final PriorityQueue<Integer> running = new PriorityQueue<>();
    private long runs;
    private long runMs;
    private int completed;
    private int rejected;
    private int longestWaitMs;

    private void work(int meanMs) {
        while (!running.isEmpty() && running.peek() <= now) {
            running.remove();
            completed += now > WARM_UP_MS + 5_000 ? 1 : 0;
        }
        while (running.size() < SLOTS && !log.isEmpty()) {
            longestWaitMs = Math.max(longestWaitMs, now - log.remove());
            int takes = meanMs / 2 + random.nextInt(meanMs);
            running.add(now + takes);
            runs++;
            runMs += takes;
        }
    }

    private void publish() {
        int waiting = log.size();
        SlotStatistics places = new SlotStatistics(
                SLOTS,
                SLOTS - running.size(),
                Math.min(waiting, OPEN),
                runs == 0 ? null : Duration.ofMillis(runMs / runs));
        figures = List.of(new ProcessorStatistics(
                "p",
                "http://127.0.0.1:1",
                start.plusMillis(now),
                ProcessorState.RUNNING,
                List.of(),
                List.of(),
                0,
                0,
                0,
                1,
                Math.max(0, waiting - OPEN),
                Duration.ZERO,
                0,
                0,
                0,
                new ProcessorStatistics.CacheStatistics(0, 1, 0, 0),
                "",
                Duration.ZERO,
                places,
                Map.of(),
                Duration.ZERO,
                0L,
                List.of(),
                Duration.ZERO));
    }

    private void ask(OverloadGuard gateway) {
        try {
            gateway.admit();
            log.add(now);
        } catch (ProblemDetailException overloaded) {
            rejected++;
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 500", "3, 500", "8, 500", "1, 4000", "3, 4000"})
    void keepsThroughputAndBoundsTheWait(int gateways, int meanMs) {
        List<OverloadGuard> all = IntStream.range(0, gateways)
                .mapToObj(_ -> new OverloadGuard(
                        () -> figures, () -> gateways, LIMIT, () -> start.plusMillis(now), new SimpleMeterRegistry()))
                .toList();
        double perSecond = SLOTS * 1000.0 / meanMs;
        double due = 0;
        for (now = 0; now < END_MS; now += STEP_MS) {
            work(meanMs);
            if (now % 1000 == 0) {
                publish();
            }
            for (int i = 0; i < gateways; i++) {
                if ((now + i * 70) % 500 == 0) {
                    all.get(i).refresh();
                }
            }
            due += (now < WARM_UP_MS ? 0.5 : 10) * perSecond * STEP_MS / 1000;
            for (; due >= 1; due--) {
                ask(all.get(random.nextInt(gateways)));
            }
        }
        double goodput = completed / ((END_MS - WARM_UP_MS - 5_000) / 1000.0);
        System.out.printf(
                "ten times capacity: %d gateways, capacity %.0f/s, answered %.1f/s (%.0f %%), %d rejected, "
                        + "longest wait %.1f s%n",
                gateways, perSecond, goodput, 100 * goodput / perSecond, rejected, longestWaitMs / 1000.0);
        assertThat(goodput).as("seed %d", seed).isGreaterThan(0.9 * perSecond);
        assertThat(longestWaitMs).as("seed %d", seed).isLessThan((int) LIMIT.toMillis() + 3_000);
        assertThat(longestWaitMs).as("the limit is used, seed %d", seed).isGreaterThan((int) LIMIT.toMillis() / 2);
    }
}

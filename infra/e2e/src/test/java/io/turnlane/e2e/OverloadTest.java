package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.e2e.Client.ClientReply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Asks ten times as many questions as Turnlane can answer. The throughput must stay the same, accepted questions must
 * be answered in time, and the others must be rejected at once. The test is a measurement, so it runs only with
 * {@code -Doverload.seconds=30}, on an otherwise idle machine. The gateway's own tests check the bound of the admission
 * with a simulated clock.
 */
@Tag("alone")
@EnabledIfSystemProperty(named = "overload.seconds", matches = "\\d+")
class OverloadTest {

    private static final int SECONDS = Integer.getInteger("overload.seconds", 30);
    private static final int SLOTS = 4;
    private static final int RUN_MS = 500;
    private static final Duration MAX_WAIT = Duration.ofSeconds(2);
    private static final Map<String, Object> QUESTION =
            Map.of("question", "hello", "agent", "echo", "metadata", Map.of("delay_ms", RUN_MS));

    @Test
    void keepsThroughputAndWaitingTimeAtTenTimesTheLoad() throws Exception {
        try (RunningTurnlane turnlane = RunningTurnlane.start(
                        4,
                        "--turnlane.processor.intake.running=" + SLOTS,
                        "--turnlane.limits.max-wait=" + MAX_WAIT.toMillis() + "ms");
                Client client = new Client(turnlane.address())) {
            askOneByOne(client, 1, Duration.ofSeconds(3)); // until the statistics have the duration of a turn
            double capacity = askOneByOne(client, 3 * SLOTS, Duration.ofSeconds(SECONDS));
            OverloadResult overload = runOverload(client, 10 * capacity);
            double goodput = overload.goodput();
            System.out.printf(
                    "overload: capacity %.1f/s, offered %.0f/s, rejected %d, accepted %d, goodput %.1f/s (%.0f %%), "
                            + "longest from question to answer %.1f s, health %d ms%n",
                    capacity,
                    10 * capacity,
                    overload.rejected(),
                    overload.finished().size(),
                    goodput,
                    100 * goodput / capacity,
                    overload.longest().toMillis() / 1000.0,
                    overload.health().toMillis());
            assertThat(overload.others()).as("statuses other than 202 and 503").isEmpty();
            assertThat(overload.rejected()).isGreaterThan(overload.finished().size());
            assertThat(goodput).isGreaterThanOrEqualTo(0.9 * capacity);
            // Statistics are up to two seconds old; the gateway adds the questions that it has accepted since.
            assertThat(overload.longest()).isLessThan(MAX_WAIT.plusSeconds(3));
            assertThat(overload.health()).isLessThan(Duration.ofSeconds(2));
            ClientReply after = client.post("/v1/requests", QUESTION, "Prefer", "wait=30");
            assertThat(after.text("status"))
                    .as("status of a question after the overload")
                    .isEqualTo("completed");
        }
    }

    /** Simulates users who wait for each answer before they ask again. Returns the turns per second. */
    private static double askOneByOne(Client client, int users, Duration time) throws InterruptedException {
        AtomicInteger answered = new AtomicInteger();
        long start = System.nanoTime();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < users; i++) {
                executor.execute(() -> {
                    while (System.nanoTime() - start < time.toNanos()) {
                        if (client.post("/v1/requests", QUESTION, "Prefer", "wait=30")
                                        .status()
                                == 200) {
                            answered.incrementAndGet();
                        }
                    }
                });
            }
        }
        return answered.get() / ((System.nanoTime() - start) / 1e9);
    }

    /** Times at which a turn was asked and answered. */
    private record Finished(Instant asked, Instant answered) {}

    /**
     * Results of the overload.
     *
     * @param from time at which the queue was full
     * @param to end of the overload
     * @param health longest duration of a health check in between
     */
    private record OverloadResult(
            Instant from, Instant to, List<Finished> finished, int rejected, List<Integer> others, Duration health) {

        double goodput() {
            long inTime = finished.stream()
                    .filter(one ->
                            one.answered().isAfter(from) && one.answered().isBefore(to))
                    .count();
            return inTime / (Duration.between(from, to).toMillis() / 1000.0);
        }

        Duration longest() {
            return finished.stream()
                    .map(one -> Duration.between(one.asked(), one.answered()))
                    .max(Duration::compareTo)
                    .orElseThrow();
        }
    }

    /** Asks at this rate (questions per second) without waiting, then waits for the end of each accepted question. */
    private static OverloadResult runOverload(Client client, double rate) throws InterruptedException {
        Queue<String> accepted = new ConcurrentLinkedQueue<>();
        Queue<Integer> others = new ConcurrentLinkedQueue<>();
        AtomicInteger rejected = new AtomicInteger();
        Duration health = Duration.ZERO;
        Instant start = Instant.now();
        Instant end;
        int questions = (int) (rate * SECONDS);
        long begin = System.nanoTime();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < questions; i++) {
                LockSupport.parkNanos(begin + (long) (i / rate * 1e9) - System.nanoTime());
                executor.execute(() -> {
                    ClientReply reply = client.post("/v1/requests", QUESTION);
                    switch (reply.status()) {
                        case 202 -> accepted.add(reply.header("Location"));
                        case 503 -> rejected.incrementAndGet();
                        default -> others.add(reply.status());
                    }
                });
                if (i % (int) rate == 0) {
                    long asked = System.nanoTime();
                    assertThat(client.get("/readyz").status()).isEqualTo(200);
                    Duration took = Duration.ofNanos(System.nanoTime() - asked);
                    health = took.compareTo(health) > 0 ? took : health;
                }
            }
            end = Instant.now();
            executor.shutdown();
            assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        List<Finished> finished = new ArrayList<>();
        for (String location : accepted) {
            ClientReply request = client.get(location + "?wait=30");
            assertThat(request.text("status"))
                    .as("status of an accepted question")
                    .isEqualTo("completed");
            finished.add(new Finished(
                    Instant.parse(request.text("created_at")), Instant.parse(request.text("finished_at"))));
        }
        return new OverloadResult(start.plusSeconds(1), end, finished, rejected.get(), List.copyOf(others), health);
    }
}

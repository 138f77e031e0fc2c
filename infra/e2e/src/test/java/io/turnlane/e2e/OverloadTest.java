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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Ten times as many questions as can be answered: as many are answered as otherwise, those that are taken are answered
 * in time, and the others are told at once. A measurement, so it is made only where {@code -Doverload.seconds=30} asks
 * for it, on a machine that has nothing else to do; that admission holds its bound is tested by hand-driven time in the
 * gateway.
 */
@EnabledIfSystemProperty(named = "overload.seconds", matches = "\\d+")
class OverloadTest {

    private static final int SECONDS = Integer.getInteger("overload.seconds", 30);
    private static final int PLACES = 4;
    private static final int RUN_MS = 500;
    private static final Duration MOST_WAIT = Duration.ofSeconds(2);
    private static final Map<String, Object> QUESTION =
            Map.of("question", "hello", "agent", "echo", "metadata", Map.of("delay_ms", RUN_MS));

    @Test
    void answersAsManyAsEverAtTenTimesTheLoadAndKeepsItsTimeForThoseItTakes() throws Exception {
        try (RunningTurnlane turnlane = RunningTurnlane.start(
                        4,
                        "--turnlane.processor.intake.running=" + PLACES,
                        "--turnlane.limits.max-wait=" + MOST_WAIT.toMillis() + "ms");
                Client client = new Client(turnlane.address())) {
            askOneByOne(client, 1, Duration.ofSeconds(3)); // until figures say how long a turn takes
            double capacity = askOneByOne(client, 3 * PLACES, Duration.ofSeconds(SECONDS));
            Flood flood = flood(client, 10 * capacity);
            double goodput = flood.goodput();
            System.out.printf(
                    "overload: capacity %.1f/s, offered %.0f/s, refused %d, accepted %d, goodput %.1f/s (%.0f %%), "
                            + "longest from question to answer %.1f s, health %d ms%n",
                    capacity,
                    10 * capacity,
                    flood.refused(),
                    flood.finished().size(),
                    goodput,
                    100 * goodput / capacity,
                    flood.longest().toMillis() / 1000.0,
                    flood.health().toMillis());
            assertThat(flood.others()).as("statuses but 202 and 503").isEmpty();
            assertThat(flood.refused()).isGreaterThan(flood.finished().size());
            assertThat(goodput).isGreaterThanOrEqualTo(0.9 * capacity);
            // Figures are up to two seconds old, and what is asked meanwhile is known to the gateway that took it.
            assertThat(flood.longest()).isLessThan(MOST_WAIT.plusSeconds(3));
            assertThat(flood.health()).isLessThan(Duration.ofSeconds(2));
            ClientReply after = client.post("/v1/requests", QUESTION, "Prefer", "wait=30");
            assertThat(after.text("status")).as("when it is over").isEqualTo("completed");
        }
    }

    /** So many people who each await their answer: turns a second. */
    private static double askOneByOne(Client client, int people, Duration time) throws InterruptedException {
        AtomicInteger answered = new AtomicInteger();
        long start = System.nanoTime();
        try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < people; i++) {
                crowd.execute(() -> {
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

    /** When a turn was asked and answered. */
    private record Finished(Instant asked, Instant answered) {}

    /**
     * What came of a flood.
     *
     * @param from when the queue had filled
     * @param to when the flood ended
     * @param health the longest that a health check took meanwhile
     */
    private record Flood(
            Instant from, Instant to, List<Finished> finished, int refused, List<Integer> others, Duration health) {

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

    /** Asks at this rate whatever is answered, then looks what became of each that was taken. */
    private static Flood flood(Client client, double rate) throws InterruptedException {
        Queue<String> taken = new ConcurrentLinkedQueue<>();
        Queue<Integer> others = new ConcurrentLinkedQueue<>();
        AtomicInteger refused = new AtomicInteger();
        Duration health = Duration.ZERO;
        Instant start = Instant.now();
        Instant end;
        int questions = (int) (rate * SECONDS);
        long begin = System.nanoTime();
        try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < questions; i++) {
                LockSupport.parkNanos(begin + (long) (i / rate * 1e9) - System.nanoTime());
                crowd.execute(() -> {
                    ClientReply reply = client.post("/v1/requests", QUESTION);
                    switch (reply.status()) {
                        case 202 -> taken.add(reply.header("Location"));
                        case 503 -> refused.incrementAndGet();
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
            crowd.shutdown();
            assertThat(crowd.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        List<Finished> finished = new ArrayList<>();
        for (String location : taken) {
            ClientReply request = client.get(location + "?wait=30");
            assertThat(request.text("status")).as("what was taken").isEqualTo("completed");
            finished.add(new Finished(
                    Instant.parse(request.text("created_at")), Instant.parse(request.text("finished_at"))));
        }
        return new Flood(start.plusSeconds(1), end, finished, refused.get(), List.copyOf(others), health);
    }
}

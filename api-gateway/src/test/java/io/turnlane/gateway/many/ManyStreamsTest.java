package io.turnlane.gateway.many;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.TestGateway;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * Loads one gateway in a separate process with 512 MiB of heap with many streams and sockets. Then stops it and lets
 * the clients continue at another gateway.
 *
 * <p>{@code -Dstreams=5000} selects the full form, with phases of 15 seconds and checks of the delay ratios of fast
 * clients.
 */
@Timeout(900)
@TestMethodOrder(OrderAnnotation.class)
class ManyStreamsTest {

    private static final int STREAMS = Integer.getInteger("streams", 300);
    private static final boolean FULL = STREAMS >= 5_000;
    private static final int SLOW = FULL ? 100 : 8;
    private static final int PAIRS = FULL ? 5 : 1;
    private static final Duration PHASE = FULL ? Duration.ofSeconds(15) : Duration.ofSeconds(5);
    private static final int PIECE = 100;
    private static final int LARGE_PIECE = 4_000;

    /** Large pieces per tick at the beginning of a phase. Together they exceed what the kernel and an outbox hold. */
    private static final int BURST = 3;

    private static final int BURST_TICKS = 60;

    private static TestGateway other;
    private static GatewayProcess gateway;
    private static TestEventPublisher publisher;

    @BeforeAll
    static void start() throws IOException {
        other = TestGateway.start();
        publisher = new TestEventPublisher(other);
        gateway = GatewayProcess.beside(other, "-Xmx512m");
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        publisher.close();
        other.close();
    }

    private static List<String> sessions(int count) throws Exception {
        try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
            List<Future<String>> made = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                made.add(callers.submit(() -> other.post("/v1/sessions", "{}").text("session_id")));
            }
            List<String> sessions = new ArrayList<>();
            for (Future<String> one : made) {
                sessions.add(one.get());
            }
            return sessions;
        }
    }

    private static List<TestEventPublisher.PublishedTurn> turns(List<String> sessions) {
        return sessions.stream()
                .map(session -> publisher.new PublishedTurn(session))
                .toList();
    }

    /** Results of the fast clients in one phase: delays in milliseconds and pieces received per second. */
    private record PhaseResult(double p50, double p99, double perSecond) {

        static double median(List<Double> values) {
            return values.stream().sorted().toList().get(values.size() / 2);
        }
    }

    @Test
    @Order(1)
    void deliversOnlyTheClientsOwnEventsAndIsUnaffectedBySlowClients() throws Exception {
        List<String> fast = sessions(STREAMS - SLOW);
        List<String> busy = sessions(SLOW);
        long before = gateway.heap();
        double threads = gateway.metric("jvm_threads_live_threads", "");
        List<Double> p99 = new ArrayList<>();
        List<Double> throughput = new ArrayList<>();
        try (ReadingClients clients = new ReadingClients(gateway.port(), fast)) {
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> gateway.metric("turnlane_followed_sessions", "") == fast.size());
            long each = (gateway.heap() - before) / fast.size();
            System.out.printf(
                    "%d streams and sockets: %d KiB of heap each, %.0f threads (%.0f without)%n",
                    fast.size(), each / 1024, gateway.metric("jvm_threads_live_threads", ""), threads);
            List<TestEventPublisher.PublishedTurn> fastTurns = turns(fast);
            List<TestEventPublisher.PublishedTurn> busyTurns = turns(busy);
            for (int pair = 0; pair < PAIRS; pair++) {
                PhaseResult reading;
                try (ReadingClients alsoReading = new ReadingClients(gateway.port(), busy)) {
                    reading = phase(clients, fastTurns, busyTurns);
                    assertThat(alsoReading.brokenConnections()).isZero();
                    assertThat(alsoReading.misdelivered()).isEmpty();
                }
                double disconnections = disconnections();
                try (SlowClients slow = new SlowClients(gateway.port(), busy)) {
                    PhaseResult withSlow = phase(clients, fastTurns, busyTurns);
                    System.out.printf("with reading clients %s, with slow clients %s%n", reading, withSlow);
                    p99.add(withSlow.p99() / reading.p99());
                    throughput.add(withSlow.perSecond() / reading.perSecond());
                    await().atMost(Duration.ofSeconds(15)).until(() -> disconnections() - disconnections >= SLOW);
                }
            }
            assertThat(clients.misdelivered()).isEmpty();
            assertThat(clients.brokenConnections()).isZero();
            System.out.printf(
                    "p99 ratios %s, throughput ratios %s, heap in use %d MiB%n", p99, throughput, gateway.heap() >> 20);
        }
        if (FULL) {
            assertThat(PhaseResult.median(p99)).isLessThanOrEqualTo(1.5);
            assertThat(PhaseResult.median(throughput)).isGreaterThanOrEqualTo(0.85);
        }
    }

    private static double disconnections() throws IOException, InterruptedException {
        return gateway.metric("turnlane_clients_dropped_total", "");
    }

    /**
     * Publishes one piece per second in each fast session. In the busy sessions, publishes large pieces: 240 KB/s for
     * three seconds, then 8 KB/s.
     */
    private static PhaseResult phase(
            ReadingClients clients,
            List<TestEventPublisher.PublishedTurn> fast,
            List<TestEventPublisher.PublishedTurn> busy)
            throws InterruptedException {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> gateway.metric("turnlane_followed_sessions", "") == fast.size() + busy.size());
        clients.takeDelays();
        long received = clients.piecesReceived();
        long published = 0;
        long start = System.nanoTime();
        int tick = 0;
        for (; System.nanoTime() - start < PHASE.toNanos(); tick++) {
            for (int i = tick % 20; i < fast.size(); i += 20) {
                fast.get(i).publishDelta(ReadingClients.timestampedText(PIECE));
                published++;
            }
            int large = tick < BURST_TICKS ? BURST : tick % 10 == 0 ? 1 : 0;
            busy.forEach(turn -> IntStream.range(0, large)
                    .forEach(_ -> turn.publishDelta(ReadingClients.timestampedText(LARGE_PIECE))));
            long nextTick = start + (tick + 1) * Duration.ofMillis(50).toNanos();
            TimeUnit.NANOSECONDS.sleep(nextTick - System.nanoTime());
        }
        long expected = received + published;
        await().atMost(Duration.ofMinutes(1)).until(() -> clients.piecesReceived() >= expected);
        List<Long> delays = clients.takeDelays();
        return new PhaseResult(
                delays.get(delays.size() / 2) / 1e6,
                delays.get(delays.size() * 99 / 100) / 1e6,
                published / ((clients.lastReceivedNanos() - start) / 1e9));
    }

    /** Runs after the other test, because it stops the gateway. */
    @Test
    @Order(2)
    void notifiesClientsWhenTheGatewayStopsSoThatTheyContinueAtAnother() throws Exception {
        List<String> sessions = sessions(100);
        List<RawStream> streams = new ArrayList<>();
        for (int i = 0; i < sessions.size(); i++) {
            streams.add(
                    i % 2 == 0
                            ? RawStream.sse(gateway.port(), sessions.get(i), null)
                            : RawStream.socket(gateway.port(), sessions.get(i), null));
        }
        for (RawStream stream : streams) {
            stream.awaitCursor();
        }
        List<TestEventPublisher.PublishedTurn> turns = turns(sessions);
        turns.forEach(turn -> turn.publishDelta("before"));
        for (RawStream stream : streams) {
            assertThat(stream.next()).contains("started");
            assertThat(stream.next()).contains("before");
        }
        long start = System.nanoTime();
        gateway.terminate();
        for (RawStream stream : streams) {
            assertThat(stream.next())
                    .as("nothing after the last event, not even a partial one")
                    .isNull();
            assertThat(stream.wasAskedToReconnect()).isTrue();
            stream.close();
        }
        assertThat(gateway.exitCode(Duration.ofSeconds(20))).isEqualTo(143);
        System.out.printf("100 clients notified, gateway ended after %d ms%n", (System.nanoTime() - start) / 1_000_000);
        turns.forEach(turn -> turn.publishDelta("after"));
        List<Integer> order = new ArrayList<>(IntStream.range(0, 100).boxed().toList());
        Collections.shuffle(order);
        for (int i : order) {
            String cursor = streams.get(i).cursor();
            try (RawStream resumed = i % 2 == 0
                    ? RawStream.socket(other.port(), sessions.get(i), cursor)
                    : RawStream.sse(other.port(), sessions.get(i), cursor)) {
                assertThat(resumed.next()).contains("after");
            }
        }
    }
}

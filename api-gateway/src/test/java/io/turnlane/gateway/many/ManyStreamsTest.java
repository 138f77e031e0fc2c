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
 * One gateway with 512 MiB of heap, in a process of its own, under many streams and sockets; then it is stopped, and
 * they go on at another one.
 *
 * <p>{@code -Dstreams=5000} is the full form, with phases of ten seconds and the ratios of quick clients' delays.
 */
@Timeout(900)
@TestMethodOrder(OrderAnnotation.class)
class ManyStreamsTest {

    private static final int STREAMS = Integer.getInteger("streams", 300);
    private static final boolean FULL = STREAMS >= 5_000;
    private static final int BAD = FULL ? 100 : 8;
    private static final int PAIRS = FULL ? 5 : 1;
    private static final Duration PHASE = FULL ? Duration.ofSeconds(15) : Duration.ofSeconds(5);
    private static final int PIECE = 100;
    private static final int LARGE_PIECE = 4_000;

    /** Large pieces a tick at first: together more than the kernel and an outbox hold. */
    private static final int BURST = 3;

    private static final int BURST_TICKS = 60;

    private static TestGateway other;
    private static GatewayProcess gateway;
    private static TestEventPublisher speaker;

    @BeforeAll
    static void start() throws IOException {
        other = TestGateway.start();
        speaker = new TestEventPublisher(other);
        gateway = GatewayProcess.beside(other, "-Xmx512m");
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        speaker.close();
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
                .map(session -> speaker.new PublishedTurn(session))
                .toList();
    }

    /** How it went for the quick clients in one phase. */
    private record PhaseResult(double p50, double p99, double perSecond) {

        static double median(List<Double> values) {
            return values.stream().sorted().toList().get(values.size() / 2);
        }
    }

    @Test
    @Order(1)
    void giveEachClientItsOwnAndAreUnaffectedByThoseThatDoNotRead() throws Exception {
        List<String> quick = sessions(STREAMS - BAD);
        List<String> busy = sessions(BAD);
        long before = gateway.heap();
        double threads = gateway.metric("jvm_threads_live_threads", "");
        List<Double> p99 = new ArrayList<>();
        List<Double> throughput = new ArrayList<>();
        try (ReadingClients clients = new ReadingClients(gateway.port(), quick)) {
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> gateway.metric("turnlane_followed_sessions", "") == quick.size());
            long each = (gateway.heap() - before) / quick.size();
            System.out.printf(
                    "%d streams and sockets: %d KiB of heap each, %.0f threads (%.0f without)%n",
                    quick.size(), each / 1024, gateway.metric("jvm_threads_live_threads", ""), threads);
            List<TestEventPublisher.PublishedTurn> quickTurns = turns(quick);
            List<TestEventPublisher.PublishedTurn> busyTurns = turns(busy);
            for (int pair = 0; pair < PAIRS; pair++) {
                PhaseResult good;
                try (ReadingClients alsoGood = new ReadingClients(gateway.port(), busy)) {
                    good = phase(clients, quickTurns, busyTurns);
                    assertThat(alsoGood.brokenConnections()).isZero();
                    assertThat(alsoGood.misdelivered()).isEmpty();
                }
                double cutOff = cutOff();
                try (SlowClients bad = new SlowClients(gateway.port(), busy)) {
                    PhaseResult beside = phase(clients, quickTurns, busyTurns);
                    System.out.printf("with good ones %s, beside bad ones %s%n", good, beside);
                    p99.add(beside.p99() / good.p99());
                    throughput.add(beside.perSecond() / good.perSecond());
                    await().atMost(Duration.ofSeconds(15)).until(() -> cutOff() - cutOff >= BAD);
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

    private static double cutOff() throws IOException, InterruptedException {
        return gateway.metric("turnlane_clients_dropped_total", "");
    }

    /**
     * Each quick session hears a piece a second, the busy ones large pieces: 240 KB/s for three seconds, then 8 KB/s.
     */
    private static PhaseResult phase(
            ReadingClients clients,
            List<TestEventPublisher.PublishedTurn> quick,
            List<TestEventPublisher.PublishedTurn> busy)
            throws InterruptedException {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> gateway.metric("turnlane_followed_sessions", "") == quick.size() + busy.size());
        clients.takeDelays();
        long heard = clients.piecesReceived();
        long said = 0;
        long start = System.nanoTime();
        int tick = 0;
        for (; System.nanoTime() - start < PHASE.toNanos(); tick++) {
            for (int i = tick % 20; i < quick.size(); i += 20) {
                quick.get(i).publishDelta(ReadingClients.timestampedText(PIECE));
                said++;
            }
            int large = tick < BURST_TICKS ? BURST : tick % 10 == 0 ? 1 : 0;
            busy.forEach(turn -> IntStream.range(0, large)
                    .forEach(_ -> turn.publishDelta(ReadingClients.timestampedText(LARGE_PIECE))));
            long until = start + (tick + 1) * Duration.ofMillis(50).toNanos();
            TimeUnit.NANOSECONDS.sleep(until - System.nanoTime());
        }
        long all = heard + said;
        await().atMost(Duration.ofMinutes(1)).until(() -> clients.piecesReceived() >= all);
        List<Long> delays = clients.takeDelays();
        return new PhaseResult(
                delays.get(delays.size() / 2) / 1e6,
                delays.get(delays.size() * 99 / 100) / 1e6,
                said / ((clients.lastReceivedNanos() - start) / 1e9));
    }

    /** After the other test, for it ends the gateway. */
    @Test
    @Order(2)
    void areToldWhenTheGatewayStopsAndGoOnAtAnother() throws Exception {
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
                    .as("nothing more, and no piece of anything")
                    .isNull();
            assertThat(stream.wasAskedToReconnect()).isTrue();
            stream.close();
        }
        assertThat(gateway.exitCode(Duration.ofSeconds(20))).isEqualTo(143);
        System.out.printf("100 told, gone after %d ms%n", (System.nanoTime() - start) / 1_000_000);
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

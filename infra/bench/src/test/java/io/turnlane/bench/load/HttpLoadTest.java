package io.turnlane.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpLoadTest {

    private static final byte[] PIECE = "piece".getBytes(StandardCharsets.US_ASCII);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger calls = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
        timer.shutdownNow();
    }

    @Test
    void countsAnswersFailuresAndAnswersOfOtherQuestions() throws IOException {
        server.createContext("/", exchange -> {
            String question = question(exchange);
            switch (calls.incrementAndGet()) {
                case 3 -> respond(exchange, 500, "echo: " + question);
                case 4 -> respond(exchange, 200, "echo: hello other.");
                default -> respond(exchange, 200, "echo: " + question);
            }
        });

        LoadResult result = run(new LoadShape.OpenLoop(100, 10, Duration.ofMillis(200)), null);

        assertThat(calls).hasValue(20);
        assertThat(result.failed()).isEqualTo(1);
        assertThat(result.mixed()).isEqualTo(1);
        assertThat(result.answered()).isEqualTo(18);
        assertThat(result.latency().getTotalCount()).isEqualTo(18);
    }

    @Test
    void measuresLatencyFromTheTimeAtWhichARequestWasDueSoThatASlowServerCannotHideIts() throws IOException {
        server.createContext("/", exchange -> {
            String question = question(exchange);
            later(100, () -> respond(exchange, 200, "echo: " + question));
        });

        // 20 requests are due within 100 ms, but the only connection serves one in 100 ms: the last waits for 1.9 s.
        LoadResult result = run(new LoadShape.OpenLoop(200, 1, Duration.ofMillis(100)), null);

        assertThat(result.answered()).isEqualTo(20);
        assertThat(result.percentileMillis(100)).isGreaterThan(1700);
        assertThat(result.percentileMillis(50)).isBetween(700.0, 3000.0);
    }

    @Test
    void aClosedLoopHasAtMostOneRequestOfEachClientAtATime() throws IOException {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        server.createContext("/", exchange -> {
            String question = question(exchange);
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            later(5, () -> {
                open.decrementAndGet();
                respond(exchange, 200, "echo: " + question);
            });
        });

        LoadResult result = run(new LoadShape.ClosedLoop(4, Duration.ofMillis(500)), null);

        assertThat(most).hasValue(4);
        assertThat(result.wrong()).isZero();
        assertThat(result.answered())
                .isEqualTo(result.latency().getTotalCount())
                .isGreaterThan(20);
        assertThat(result.percentileMillis(1)).isGreaterThanOrEqualTo(5);
    }

    @Test
    void reconnectsAfterTheServerClosedAConnection() throws IOException {
        server.createContext("/", exchange -> {
            String question = question(exchange);
            exchange.getResponseHeaders().add("Connection", "close");
            respond(exchange, 200, "echo: " + question);
        });

        LoadResult result = run(new LoadShape.OpenLoop(100, 2, Duration.ofMillis(200)), null);

        assertThat(result.answered()).isEqualTo(20);
        assertThat(result.wrong()).isZero();
    }

    @Test
    void measuresTheFirstPieceOfAStreamedAnswer() throws IOException {
        server.createContext("/", exchange -> {
            String question = question(exchange);
            exchange.sendResponseHeaders(200, 0); // chunked
            OutputStream body = exchange.getResponseBody();
            body.write(PIECE);
            body.flush();
            later(200, () -> {
                body.write(("echo: " + question).getBytes(StandardCharsets.US_ASCII));
                body.close();
            });
        });

        LoadResult result = run(new LoadShape.OpenLoop(10, 10, Duration.ofMillis(500)), PIECE);

        assertThat(result.answered()).isEqualTo(5);
        assertThat(result.firstPiece().getTotalCount()).isEqualTo(5);
        assertThat(result.percentileMillis(0)).isGreaterThanOrEqualTo(200);
        assertThat(result.firstPiece().getMinValue())
                .isLessThan(result.latency().getMinValue());
    }

    private LoadResult run(LoadShape shape, byte[] pieceMark) throws IOException {
        Requests requests = new Requests("127.0.0.1", "/{s}", "", "{\"question\":\"{q}\"}", "s", 3);
        return HttpLoad.run(server.getAddress(), requests, shape, pieceMark);
    }

    private static String question(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        return body.substring(body.indexOf("hello"), body.lastIndexOf('"'));
    }

    private static void respond(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }

    private interface Response {
        void send() throws IOException;
    }

    /** Sends a response after this time, as a slow server does. */
    private void later(int millis, Response response) {
        var _ = timer.schedule(
                () -> {
                    response.send();
                    return null;
                },
                millis,
                TimeUnit.MILLISECONDS);
    }
}

package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.TurnEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time limits and the connection limit of sockets, with short times and few connections. */
@Timeout(60)
class SocketTimesTest {

    private static final int MAX_CLIENTS = 4;
    /** Longer than a busy machine stalls: a client that answers each ping must not reach it. */
    private static final Duration IDLE = Duration.ofSeconds(3);

    private static TestGateway gateway;
    private static TestProcessor processor;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                "turnlane.gateway.sockets.ping=200ms",
                "turnlane.gateway.sockets.idle=" + IDLE.toMillis() + "ms",
                "turnlane.gateway.streams.max=" + MAX_CLIENTS);
        processor = new TestProcessor(gateway).withScript(TestProcessor.MANUAL);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    /** The gateway counts an aborted connection until it notices the abort. */
    @BeforeEach
    void awaitTheEndOfEarlierConnections() {
        gateway.awaitNoClients();
    }

    @Test
    void closesWith1008OnTheTwentiethInvalidFrame() {
        try (TestSocket client = TestSocket.open(gateway, new String[0])) {
            for (int i = 0; i < 20; i++) {
                client.send("nonsense");
            }
            assertThat(client.closeStatus()).isEqualTo(1008);
            assertThat(client.closeReason()).isEqualTo("too many invalid frames");
        }
    }

    @Test
    void answersEveryInvalidFrameBeforeItClosesTheConnection() throws Exception {
        for (int run = 0; run < 5; run++) {
            try (TestSocket client = TestSocket.open(gateway, new String[0])) {
                for (int i = 0; i < 20; i++) {
                    client.send("{'type':'nonsense','ref':'%d'}".formatted(i));
                }
                for (int i = 0; i < 20; i++) {
                    assertThat(client.nextFrame().path("ref").asString()).isEqualTo(Integer.toString(i));
                }
                assertThat(client.closeStatus()).isEqualTo(1008);
            }
        }
    }

    /** Client that sends no pings, like most clients; the JDK answers pings by itself. */
    private static final class CloseListener implements WebSocket.Listener, AutoCloseable {

        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private volatile String reason;
        private final CompletableFuture<String> ended = new CompletableFuture<>();
        private final StringBuilder frame = new StringBuilder();
        private final WebSocket socket = gateway.http()
                .newWebSocketBuilder()
                .subprotocols("turnlane.v1")
                .buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + "/v1/ws"), this)
                .join();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            frame.append(data);
            if (last && frame.indexOf("completed") > 0) {
                ended.complete("completed");
            }
            frame.setLength(last ? 0 : frame.length());
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String why) {
            reason = why;
            closed.complete(status);
            ended.complete("closed with " + status + ": " + why);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.completeExceptionally(error);
            ended.completeExceptionally(error);
        }

        void awaitEndOfTurn() {
            assertThat(ended).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("completed");
            assertThat(closed).isNotDone();
        }

        @Override
        public void close() {
            socket.abort();
        }
    }

    @Test
    void closesWith1001OnlyTheClientThatDoesNotEvenSendPongs() throws Exception {
        try (CloseListener receiving = new CloseListener();
                Socket silent = openSilentSocket()) {
            String ask = "{\"type\":\"ask\",\"session_id\":\"talk\",\"question\":\"?\"}";
            receiving.socket.sendText(ask, true).join();
            ReceivedTurn turn = processor.nextTurn().publish(new TurnEvent.Started());
            CompletableFuture<Integer> silentClosed = CompletableFuture.supplyAsync(() -> closeStatus(silent));
            while (!silentClosed.isDone()) {
                turn.delta("on and on ");
                TimeUnit.MILLISECONDS.sleep(20);
            }
            assertThat(silentClosed.join()).isEqualTo(1001);
            turn.complete("on and on");
            receiving.awaitEndOfTurn();
        }
    }

    private static Socket openSilentSocket() throws IOException {
        Socket silent = new Socket("127.0.0.1", gateway.port());
        silent.setSoTimeout(10_000);
        String request = "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Sec-WebSocket-Protocol: turnlane.v1\r\n\r\n";
        silent.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return silent;
    }

    /** Skips the response head and all pings, and reads the close frame, 0x88. */
    private static int closeStatus(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            for (int last = 0; last != 0x88; last = in.read()) {
                assertThat(last).as("still open").isNotNegative();
            }
            assertThat(in.read()).as("length").isGreaterThanOrEqualTo(2);
            return in.read() << 8 | in.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void closesWith1013IfTooManyClientsAreConnected() throws Exception {
        List<CloseListener> clients = new ArrayList<>();
        try {
            for (int i = 0; i <= MAX_CLIENTS; i++) {
                clients.add(new CloseListener());
            }
            assertThat(clients.getLast().closed.get(20, TimeUnit.SECONDS)).isEqualTo(1013);
            assertThat(clients.getLast().reason).contains("maximum number of clients");
            assertThat(clients.getFirst().closed).isNotDone();
        } finally {
            clients.forEach(CloseListener::close);
        }
    }
}

package io.turnlane.chaos.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.turnlane.chaos.proxy.CableFault.Down;
import io.turnlane.chaos.proxy.CableFault.HalfOpen;
import io.turnlane.chaos.proxy.CableFault.ResetAfter;
import io.turnlane.chaos.proxy.CableFault.Slow;
import io.turnlane.chaos.proxy.CableFault.SwallowReplies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class FaultProxyTest {

    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private FaultProxy proxy;
    private Socket client;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::echo);
        proxy = new FaultProxy(0, new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
        client = newClient();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        proxy.close();
        server.close();
    }

    @Test
    void carriesBothDirectionsAndTheEnd() throws IOException {
        assertThat(ask("hello")).isEqualTo("hello");
        client.shutdownOutput();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(proxy.hits()).isEmpty();
    }

    @Test
    void carriesMoreThanItsBuffersHold() throws Exception {
        byte[] bytes = new byte[8 * 1024 * 1024];
        Thread sender = Thread.startVirtualThread(() -> send(client, bytes));
        assertThat(client.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
        sender.join();
    }

    @Test
    void slowCablesDelayEachDirection() throws IOException {
        proxy.set(new Slow(Duration.ofMillis(100), Duration.ofMillis(20), 0));
        assertThat(millis(() -> ask("late"))).isBetween(200L, 2000L);
        assertThat(proxy.hits()).containsEntry(CableFault.Slow.class, new Hits(1, 8, 0));
        proxy.heal();
        assertThat(millis(() -> ask("now"))).isLessThan(100);
    }

    @Test
    void latencyDoesNotReduceTheThroughput() throws IOException {
        proxy.set(Slow.by(Duration.ofMillis(100)));
        long took = millis(() -> {
            for (int i = 0; i < 50; i++) {
                send(client, "0123456789".getBytes(StandardCharsets.UTF_8));
            }
            client.getInputStream().readNBytes(500);
        });
        assertThat(took).isBetween(200L, 2000L);
    }

    @Test
    void slowCablesLimitTheBytesPerSecond() throws IOException {
        proxy.set(new Slow(Duration.ZERO, Duration.ZERO, 10_000));
        assertThat(millis(() -> ask("x".repeat(2_000)))).isBetween(200L, 3000L);
    }

    @Test
    void halfOpenCablesAcceptAndCarryNothingUntilHealed() throws Exception {
        ask("before");
        requests.clear();
        proxy.set(new HalfOpen());
        send(client, "held".getBytes(StandardCharsets.UTF_8));
        try (Socket other = newClient()) {
            send(other, "too".getBytes(StandardCharsets.UTF_8));
            assertSilent(other);
            assertSilent(client);
            assertThat(requests).isEmpty();
            assertThat(proxy.hits().get(CableFault.HalfOpen.class)).isEqualTo(new Hits(2, 4, 0));
            proxy.heal();
            assertThat(answer(client, 4)).isEqualTo("held");
            assertThat(answer(other, 3)).isEqualTo("too");
        }
    }

    @Test
    void swallowedRepliesLeaveTheRequestDoneAndTheConnectionCut() throws Exception {
        proxy.set(new SwallowReplies(1));
        assertThat(ask("greeting")).isEqualTo("greeting");
        assertCut(() -> ask("write"));
        assertThat(requests.poll(5, TimeUnit.SECONDS)).isEqualTo("greeting");
        assertThat(requests.poll(5, TimeUnit.SECONDS)).isEqualTo("write");
        assertThat(proxy.hits()).containsEntry(CableFault.SwallowReplies.class, new Hits(1, 5, 1));
    }

    @Test
    void connectionsAreResetInTheMiddleOfAMessage() throws Exception {
        proxy.set(new ResetAfter(3));
        assertCut(() -> ask("hello"));
        assertThat(requests.poll(5, TimeUnit.SECONDS)).isIn("hel", null);
        assertThat(proxy.hits().get(CableFault.ResetAfter.class).cuts()).isEqualTo(1);
    }

    @Test
    void downCablesResetOpenConnectionsAndNewOnes() throws IOException {
        ask("before");
        proxy.set(new Down());
        assertCut(() -> ask("after"));
        try (Socket other = newClient()) {
            assertCut(() -> answer(other, 1));
        }
        proxy.heal();
        client = newClient();
        assertThat(ask("again")).isEqualTo("again");
        assertThat(proxy.hits().get(CableFault.Down.class).cuts()).isEqualTo(2);
    }

    @Test
    void endedConnectionsAreRemoved() throws Exception {
        ask("hello");
        assertThat(proxy.connections()).isOne();
        client.close();
        while (proxy.connections() > 0) {
            assertThat(Thread.interrupted()).as("after the time limit").isFalse();
            Thread.onSpinWait();
        }
    }

    private interface Exchange {
        void run() throws IOException;
    }

    private static long millis(Exchange exchange) throws IOException {
        long start = System.nanoTime();
        exchange.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    /** Checks that the connection was reset, or that it ended because the reset arrived before the read. */
    private static void assertCut(Exchange exchange) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(exchange::run)
                .isNotInstanceOf(SocketTimeoutException.class);
    }

    private static void assertSilent(Socket socket) throws SocketException {
        socket.setSoTimeout(100);
        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> socket.getInputStream().read());
        socket.setSoTimeout(5000);
    }

    private Socket newClient() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(5000);
        return socket;
    }

    private String ask(String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return answer(client, text.length());
    }

    private static String answer(Socket socket, int length) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(length);
        if (bytes.length < length) {
            throw new SocketException("ended");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void echo() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> echo(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void echo(Socket socket) {
        byte[] buffer = new byte[64 * 1024];
        try (socket) {
            for (int n = socket.getInputStream().read(buffer);
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                requests.add(new String(buffer, 0, n, StandardCharsets.UTF_8));
                socket.getOutputStream().write(buffer, 0, n);
            }
        } catch (IOException e) {
            // The proxy reset the connection, as the test expects.
        }
    }
}

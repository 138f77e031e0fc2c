package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.turns.deliver.EventStreams;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stopping gateway asks its clients to reconnect and does not wait for them to disconnect. */
@Timeout(60)
class ShutdownTest {

    @Test
    void endsStreamsWithARetryHintAndSocketsWith1012AndStopsQuickly() throws Exception {
        TestGateway gateway = TestGateway.start();
        gateway.ask("s", "nobody answers this");
        SseClient stream = gateway.stream("/v1/sessions/s/events");
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        gateway.http()
                .newWebSocketBuilder()
                .subprotocols("turnlane.v1")
                .buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + "/v1/ws"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
                        closed.complete(status);
                        return null;
                    }
                })
                .join();

        await().until(() -> gateway.bean(EventStreams.class).clients() == 2);

        long start = System.nanoTime();
        gateway.stop();
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(stream.remainingEvents()).isEmpty();
        assertThat(stream.retry()).isEqualTo("1000");
        assertThat(closed.get(5, TimeUnit.SECONDS)).isEqualTo(1012);
        assertThat(took).isLessThan(Duration.ofSeconds(8));
        gateway.close();
    }
}

package io.turnlane.gateway.turns.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.gateway.turns.deliver.ClientMetrics;
import io.turnlane.gateway.turns.deliver.DeliverySpans;
import io.turnlane.gateway.turns.deliver.Outbox;
import io.turnlane.gateway.turns.deliver.OutboxItem;
import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.turns.deliver.SharedByteLimit;
import io.turnlane.gateway.turns.requests.Snapshots;
import io.turnlane.model.ClientDelivery.DeliveryChannel;
import io.turnlane.trace.Traces;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;
import tools.jackson.databind.json.JsonMapper;

/** Tests that the socket is closed with the right status for every way in which writing ends. */
class SocketWriterTest {

    private final Outbox outbox =
            new Outbox(new Outbox.Bounds(10, 10_000), new SharedByteLimit(1_000_000), Outbox.UNLIMITED_AGE);
    private final List<CloseStatus> closed = new ArrayList<>();
    private @Nullable Throwable failure;
    private Duration idleTimeout = Duration.ofMinutes(1);

    private void write() {
        WebSocketSession socket = (WebSocketSession) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {WebSocketSession.class}, (_, method, arguments) -> {
                    if (method.getName().equals("sendMessage") && failure != null) {
                        throw failure;
                    }
                    if (method.getName().equals("close")) {
                        closed.add((CloseStatus) arguments[0]);
                    }
                    return method.getReturnType() == boolean.class ? true : null;
                });
        JsonMapper json = JsonMapper.shared();
        long opened = System.nanoTime();
        new SocketWriter(
                        socket,
                        outbox,
                        new Snapshots(null, json, null),
                        new SocketWriter.PingSettings(
                                Duration.ofMinutes(1), () -> System.nanoTime() - opened, idleTimeout, () -> {}),
                        new ServerFrames(json),
                        new ClientMetrics(
                                new SimpleMeterRegistry(),
                                new DeliverySpans(Traces.NONE),
                                "clients",
                                DeliveryChannel.WS,
                                (_, _, _, _) -> {}))
                .run();
    }

    @ParameterizedTest
    @EnumSource(DisconnectReason.class)
    void givesAReasonWithEveryStatus(DisconnectReason reason) {
        outbox.close(reason);
        write();
        assertThat(closed)
                .singleElement()
                .satisfies(status -> assertThat(status.getReason()).isNotBlank());
    }

    /** The idle timeout passes between two pings. */
    @Test
    @Timeout(20)
    void closesWith1001ExactlyWhenTheClientReachesItsIdleTimeout() {
        idleTimeout = Duration.ofMillis(200);
        long start = System.nanoTime();
        write();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(idleTimeout, Duration.ofSeconds(10));
        assertThat(closed).extracting(CloseStatus::getCode).containsExactly(1001);
    }

    @Test
    void closesWith1012IfTheGatewayStops() {
        outbox.close(DisconnectReason.SHUTDOWN);
        write();
        assertThat(closed).extracting(CloseStatus::getCode).containsExactly(1012);
    }

    @Test
    void closesWith1013IfTheClientIsTooSlow() {
        outbox.close(DisconnectReason.SLOW);
        write();
        assertThat(closed).extracting(CloseStatus::getCode).containsExactly(1013);
    }

    @Test
    void closesWith1013IfASendTimesOut() {
        failure = new IOException("timeout");
        outbox.offer(new OutboxItem.FrameItem(new byte[] {'{', '}'}));
        write();
        assertThat(closed).extracting(CloseStatus::getCode).containsExactly(1013);
    }

    @Test
    void closesWith1011OnAnInternalError() {
        failure = new IllegalArgumentException("internal error");
        outbox.offer(new OutboxItem.FrameItem(new byte[] {'{', '}'}));
        write();
        assertThat(closed).extracting(CloseStatus::getCode).containsExactly(1011);
    }
}

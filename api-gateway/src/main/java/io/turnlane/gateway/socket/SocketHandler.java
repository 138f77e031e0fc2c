package io.turnlane.gateway.socket;

import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.deliver.ClientMetrics;
import io.turnlane.gateway.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.limits.OpenConnections;
import io.turnlane.gateway.limits.RateLimits.RateLimitKind;
import io.turnlane.gateway.requests.Snapshots;
import io.turnlane.gateway.socket.FrameReader.InvalidFrameException;
import jakarta.websocket.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.SubProtocolCapable;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * Sockets of subprotocol {@value #PROTOCOL}: opens and closes connections, reads frames. Holds nothing between them.
 */
final class SocketHandler extends TextWebSocketHandler implements SubProtocolCapable {

    static final String PROTOCOL = "turnlane.v1";

    private static final Logger LOG = LoggerFactory.getLogger(SocketHandler.class);
    private static final String CONNECTION = "turnlane.connection";
    private static final String PLACE = "turnlane.place";
    private static final String MISTAKES = "turnlane.mistakes";
    private static final String TEXT = "turnlane.text";
    /** A client that sends nothing but nonsense is let go. */
    private static final int MOST_MISTAKES = 20;

    private final SocketServices services;
    private final FrameReader reader;
    private final Snapshots snapshots;
    private final SocketTimeouts times;
    private final int maxFrame;
    private final ClientMetrics metrics;

    /** @param sendTimeout a client that takes nothing for so long is dropped */
    record SocketTimeouts(Duration sendTimeout, Duration pingInterval, Duration idleTimeout) {}

    SocketHandler(
            SocketServices services,
            FrameReader reader,
            Snapshots snapshots,
            SocketTimeouts times,
            int maxFrame,
            ClientMetrics metrics) {
        this.services = services;
        this.reader = reader;
        this.snapshots = snapshots;
        this.times = times;
        this.maxFrame = maxFrame;
        this.metrics = metrics;
    }

    @Override
    public List<String> getSubProtocols() {
        return List.of(PROTOCOL);
    }

    /** Else the container would hold a buffer of a whole message's size for each socket, for as long as it is open. */
    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession socket) throws IOException {
        limit(socket);
        SocketConnection connection;
        try {
            connection = enter(socket);
        } catch (RuntimeException full) {
            LOG.debug("socket refused: {}", full.toString());
            socket.close(
                    services.streams().isStopping() ? CloseStatus.SERVICE_RESTARTED : CloseStatus.SERVICE_OVERLOAD);
            return;
        }
        socket.getAttributes().put(CONNECTION, connection);
        metrics.connected();
        socket.getAttributes().put(TEXT, new FrameBuffer(maxFrame));
        SocketWriter.PingSettings pings = new SocketWriter.PingSettings(
                times.pingInterval(), connection::idleNanos, times.idleTimeout(), connection::offerCursors);
        SocketWriter writer =
                new SocketWriter(socket, connection.outbox(), snapshots, pings, services.frames(), metrics);
        Thread.ofVirtual().name("socket-writer").start(writer::run);
    }

    /** Takes a place among its caller's connections, which is given back when it closes. */
    private SocketConnection enter(WebSocketSession socket) {
        Caller caller = services.guard().callers().callerOf(socket.getPrincipal());
        services.guard().rates().consumeOrThrow(caller, RateLimitKind.REQUESTS);
        SocketConnection connection = new SocketConnection(caller, services);
        try {
            socket.getAttributes()
                    .put(
                            PLACE,
                            services.guard()
                                    .connections()
                                    .open(caller, () -> connection.outbox().close(DisconnectReason.REVOKED)));
            return connection;
        } catch (RuntimeException full) {
            connection.close();
            throw full;
        }
    }

    /** Tomcat's own default is 20 s. */
    private void limit(WebSocketSession socket) {
        if (socket instanceof NativeWebSocketSession tomcat && tomcat.getNativeSession() instanceof Session container) {
            container
                    .getUserProperties()
                    .put(
                            "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT",
                            times.sendTimeout().toMillis());
        }
    }

    @Override
    protected void handleTextMessage(WebSocketSession socket, TextMessage message) throws IOException {
        SocketConnection connection = connection(socket);
        if (connection == null || !(socket.getAttributes().get(TEXT) instanceof FrameBuffer text)) {
            return;
        }
        connection.recordActivity();
        if (!text.add(message.getPayload())) {
            socket.close(CloseStatus.TOO_BIG_TO_PROCESS);
        } else if (message.isLast()) {
            handle(socket, connection, text.take());
        }
    }

    private void handle(WebSocketSession socket, SocketConnection connection, String frame) throws IOException {
        try {
            connection.handle(reader.read(frame));
        } catch (InvalidFrameException bad) {
            connection.reject(bad.ref(), bad.refusal());
            if (mistakes(socket) >= MOST_MISTAKES) {
                socket.close(CloseStatus.POLICY_VIOLATION);
            }
        }
    }

    @Override
    protected void handlePongMessage(WebSocketSession socket, PongMessage message) {
        SocketConnection connection = connection(socket);
        if (connection != null) {
            connection.recordActivity();
        }
    }

    private static int mistakes(WebSocketSession socket) {
        return (int) socket.getAttributes().merge(MISTAKES, 1, (before, one) -> (int) before + (int) one);
    }

    @Override
    public void handleTransportError(WebSocketSession socket, Throwable error) {
        LOG.debug("socket failed: {}", error.toString());
    }

    @Override
    public void afterConnectionClosed(WebSocketSession socket, CloseStatus status) {
        if (socket.getAttributes().get(PLACE) instanceof OpenConnections.TrackedConnection place) {
            place.close();
        }
        SocketConnection connection = connection(socket);
        if (connection != null) {
            connection.close();
            metrics.disconnected();
        }
    }

    private static @Nullable SocketConnection connection(WebSocketSession socket) {
        return socket.getAttributes().get(CONNECTION) instanceof SocketConnection connection ? connection : null;
    }
}

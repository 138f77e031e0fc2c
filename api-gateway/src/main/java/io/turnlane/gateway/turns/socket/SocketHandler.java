package io.turnlane.gateway.turns.socket;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.limits.OpenConnections;
import io.turnlane.gateway.guard.limits.RateLimits.RateLimitKind;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.deliver.ClientMetrics;
import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.turns.requests.Snapshots;
import io.turnlane.gateway.turns.socket.FrameReader.InvalidFrameException;
import io.turnlane.gateway.turns.socket.SocketEndpoint.SocketEndpointSettings;
import jakarta.websocket.Session;
import java.io.IOException;
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
 * Opens and closes connections of subprotocol {@value #PROTOCOL} and reads their frames. The state of each connection
 * is in the attributes of its {@link WebSocketSession}.
 */
final class SocketHandler extends TextWebSocketHandler implements SubProtocolCapable {

    static final String PROTOCOL = "turnlane.v1";

    private static final Logger LOG = LoggerFactory.getLogger(SocketHandler.class);
    private static final String CONNECTION = "turnlane.connection";
    private static final String RESERVATION = "turnlane.reservation";
    private static final String TEXT = "turnlane.text";
    /** Maximum length of a close reason (RFC 6455, section 5.5). The reasons are ASCII. */
    private static final int MAX_REASON = 123;

    private final SocketServices services;
    private final FrameReader reader;
    private final Snapshots snapshots;
    private final SocketEndpointSettings settings;
    private final ClientMetrics metrics;

    SocketHandler(
            SocketServices services,
            FrameReader reader,
            Snapshots snapshots,
            SocketEndpointSettings settings,
            ClientMetrics metrics) {
        this.services = services;
        this.reader = reader;
        this.snapshots = snapshots;
        this.settings = settings;
        this.metrics = metrics;
    }

    @Override
    public List<String> getSubProtocols() {
        return List.of(PROTOCOL);
    }

    /**
     * Returns true, because the handler accepts partial messages. If it did not, the container would need a buffer of
     * the maximum message size for each open socket.
     */
    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession socket) throws IOException {
        setSendTimeout(socket);
        SocketConnection connection;
        try {
            connection = openConnection(socket);
        } catch (RuntimeException rejection) {
            LOG.debug("socket rejected: {}", rejection.toString());
            CloseStatus status =
                    services.streams().isStopping() ? CloseStatus.SERVICE_RESTARTED : CloseStatus.SERVICE_OVERLOAD;
            socket.close(status.withReason(reasonOf(services.guard().problems().map(rejection))));
            return;
        }
        socket.getAttributes().put(CONNECTION, connection);
        metrics.connected();
        socket.getAttributes().put(TEXT, new FrameBuffer(settings.maxFrame()));
        SocketWriter.PingSettings pings = new SocketWriter.PingSettings(
                settings.pingInterval(), connection::idleNanos, settings.idleTimeout(), connection::offerCursors);
        SocketWriter writer =
                new SocketWriter(socket, connection.outbox(), snapshots, pings, services.frames(), metrics);
        Thread.ofVirtual().name("socket-writer").start(writer::run);
    }

    private static String reasonOf(ProblemDetailException problem) {
        String detail = problem.detail();
        return detail.substring(0, Math.min(detail.length(), MAX_REASON));
    }

    /** Opens a connection that counts towards the limits of its caller until it is closed. */
    private SocketConnection openConnection(WebSocketSession socket) {
        Caller caller = services.guard().callers().callerOf(socket.getPrincipal());
        services.guard().rates().consumeOrThrow(caller, RateLimitKind.REQUESTS);
        SocketConnection connection = new SocketConnection(caller, services);
        try {
            socket.getAttributes()
                    .put(
                            RESERVATION,
                            services.guard()
                                    .connections()
                                    .open(caller, () -> connection.outbox().close(DisconnectReason.REVOKED)));
            return connection;
        } catch (RuntimeException rejection) {
            connection.close();
            throw rejection;
        }
    }

    /** Sets the send timeout; the default of Tomcat is 20 s. */
    private void setSendTimeout(WebSocketSession socket) {
        if (socket instanceof NativeWebSocketSession tomcat && tomcat.getNativeSession() instanceof Session container) {
            container
                    .getUserProperties()
                    .put(
                            "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT",
                            settings.sendTimeout().toMillis());
        }
    }

    @Override
    protected void handleTextMessage(WebSocketSession socket, TextMessage message) throws IOException {
        SocketConnection connection = connection(socket);
        if (connection == null || !(socket.getAttributes().get(TEXT) instanceof FrameBuffer text)) {
            return;
        }
        connection.recordActivity();
        if (connection.isEnding()) {
            return;
        }
        if (!text.add(message.getPayload())) {
            socket.close(
                    CloseStatus.TOO_BIG_TO_PROCESS.withReason("a frame exceeds " + settings.maxFrame() + " bytes"));
        } else if (message.isLast()) {
            handle(connection, text.take());
        }
    }

    private void handle(SocketConnection connection, String frame) {
        try {
            connection.handle(reader.read(frame));
        } catch (InvalidFrameException invalid) {
            connection.rejectInvalid(invalid.ref(), invalid.problem());
        }
    }

    @Override
    protected void handlePongMessage(WebSocketSession socket, PongMessage message) {
        SocketConnection connection = connection(socket);
        if (connection != null) {
            connection.recordActivity();
        }
    }

    @Override
    public void handleTransportError(WebSocketSession socket, Throwable error) {
        LOG.debug("socket failed: {}", error.toString());
    }

    @Override
    public void afterConnectionClosed(WebSocketSession socket, CloseStatus status) {
        if (socket.getAttributes().get(RESERVATION) instanceof OpenConnections.TrackedConnection reservation) {
            reservation.close();
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

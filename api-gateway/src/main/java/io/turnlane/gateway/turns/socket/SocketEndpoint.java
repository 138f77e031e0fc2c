package io.turnlane.gateway.turns.socket;

import io.turnlane.gateway.guard.origin.AllowedOrigins;
import io.turnlane.gateway.turns.ask.QuestionIntake;
import io.turnlane.gateway.turns.cancel.Cancellations;
import io.turnlane.gateway.turns.deliver.ClientMetrics;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.requests.LostRecords;
import io.turnlane.gateway.turns.requests.Snapshots;
import java.time.Duration;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import tools.jackson.databind.json.JsonMapper;

/** Registers the WebSocket endpoint {@code GET /v1/ws}. */
public final class SocketEndpoint implements WebSocketConfigurer {

    public static final String PATH = "/v1/ws";

    private final SocketHandler handler;
    private final SocketHandshake handshake;

    /**
     * Settings of the endpoint.
     *
     * @param maxFrame maximum size of a frame in bytes; a larger frame closes the connection with status 1009
     * @param maxSessions maximum number of sessions that one connection may follow
     * @param sendTimeout time after which a client that does not read is disconnected
     * @param idleTimeout time after which a client that sends nothing, not even a pong, is disconnected
     * @param origins origins whose pages may connect, in addition to the gateway's own
     */
    public record SocketEndpointSettings(
            int maxFrame,
            int maxSessions,
            Duration sendTimeout,
            Duration pingInterval,
            Duration idleTimeout,
            AllowedOrigins origins) {}

    /** Commands on turns that clients may send. */
    public record SocketCommands(QuestionIntake intake, Cancellations cancellations) {}

    public SocketEndpoint(
            SocketEndpointSettings settings,
            SocketCommands calls,
            EventStreams streams,
            LostRecords lost,
            SocketGuard guard,
            Snapshots snapshots,
            JsonMapper json,
            ClientMetrics metrics) {
        SocketServices services = new SocketServices(
                calls.intake(),
                streams,
                lost,
                calls.cancellations(),
                guard,
                new ServerFrames(json),
                settings.maxSessions());
        this.handler = new SocketHandler(services, new FrameReader(json), snapshots, settings, metrics);
        this.handshake = new SocketHandshake(settings.origins(), json);
    }

    @Override
    public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
        registry.addHandler(handler, PATH)
                .setHandshakeHandler(new DefaultHandshakeHandler())
                .addInterceptors(handshake)
                // SocketHandshake checks origins itself, so that a rejection is a problem document like any other.
                .setAllowedOriginPatterns("*");
    }
}

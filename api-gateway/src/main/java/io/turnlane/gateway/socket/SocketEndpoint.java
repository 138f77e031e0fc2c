package io.turnlane.gateway.socket;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.ask.QuestionIntake;
import io.turnlane.gateway.cancel.Cancellations;
import io.turnlane.gateway.deliver.ClientMetrics;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.origin.AllowedOrigins;
import io.turnlane.gateway.requests.RequestRecords;
import io.turnlane.gateway.requests.Snapshots;
import java.time.Duration;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import tools.jackson.databind.json.JsonMapper;

/** {@code GET /v1/ws}. */
public final class SocketEndpoint implements WebSocketConfigurer {

    public static final String PATH = "/v1/ws";

    private final SocketHandler handler;
    private final SocketHandshake handshake;

    /**
     * @param maxFrame bytes; a larger one closes the connection with 1009
     * @param maxSessions that one connection may follow
     * @param sendTimeout a client that takes nothing for so long is dropped
     * @param pingInterval how often a silent client is asked whether it is there
     * @param idleTimeout a client that says nothing for so long, not even pong, is dropped
     * @param origins of pages that may connect besides our own
     */
    public record SocketEndpointSettings(
            int maxFrame,
            int maxSessions,
            Duration sendTimeout,
            Duration pingInterval,
            Duration idleTimeout,
            AllowedOrigins origins) {}

    /** What clients may have done for them. */
    public record SocketCommands(QuestionIntake intake, Cancellations cancellations) {}

    public SocketEndpoint(
            SocketEndpointSettings settings,
            SocketCommands calls,
            EventStreams streams,
            RequestRecords records,
            SocketGuard guard,
            Snapshots snapshots,
            JsonMapper json,
            MeterRegistry registry) {
        SocketServices services = new SocketServices(
                calls.intake(),
                streams,
                records,
                calls.cancellations(),
                guard,
                new ServerFrames(json),
                settings.maxSessions());
        this.handler = new SocketHandler(
                services,
                new FrameReader(json),
                snapshots,
                new SocketHandler.SocketTimeouts(
                        settings.sendTimeout(), settings.pingInterval(), settings.idleTimeout()),
                settings.maxFrame(),
                new ClientMetrics(registry, "turnlane.sockets", "ws"));
        this.handshake = new SocketHandshake(settings.origins(), json);
    }

    @Override
    public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
        registry.addHandler(handler, PATH)
                .setHandshakeHandler(new DefaultHandshakeHandler())
                .addInterceptors(handshake)
                // The handshake looks at origins itself, so that a refusal is a problem like any other.
                .setAllowedOriginPatterns("*");
    }
}

package io.turnlane.gateway.system.web;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.guard.origin.AllowedOrigins;
import io.turnlane.gateway.system.GatewayProperties;
import io.turnlane.gateway.turns.ask.QuestionIntake;
import io.turnlane.gateway.turns.cancel.Cancellations;
import io.turnlane.gateway.turns.deliver.ClientMetrics;
import io.turnlane.gateway.turns.deliver.DeliveryLog;
import io.turnlane.gateway.turns.deliver.DeliverySpans;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.requests.LostRecords;
import io.turnlane.gateway.turns.requests.Snapshots;
import io.turnlane.gateway.turns.socket.NoCompressionFilter;
import io.turnlane.gateway.turns.socket.SocketEndpoint;
import io.turnlane.gateway.turns.socket.SocketGuard;
import io.turnlane.model.ClientDelivery.DeliveryChannel;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;
import tools.jackson.databind.json.JsonMapper;

/** WebSocket beans. */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
@Import(SocketGuard.class)
class SocketConfiguration {

    /**
     * Maximum size of a partial frame, in bytes or characters. A question of the usual length fits into one partial
     * frame.
     */
    private static final int PARTIAL_FRAME = 1024;

    @Bean
    SocketEndpoint socketEndpoint(
            GatewayProperties properties,
            AllowedOrigins origins,
            QuestionIntake intake,
            Cancellations cancellations,
            EventStreams streams,
            LostRecords lost,
            SocketGuard guard,
            Snapshots snapshots,
            JsonMapper json,
            MeterRegistry registry,
            DeliverySpans spans,
            DeliveryLog deliveries) {
        GatewayProperties.WebSocketSettings sockets = properties.sockets();
        SocketEndpoint.SocketEndpointSettings settings = new SocketEndpoint.SocketEndpointSettings(
                Math.toIntExact(sockets.maxFrame().toBytes()),
                sockets.maxSessions(),
                sockets.sendTimeout(),
                sockets.ping(),
                sockets.idle(),
                origins);
        return new SocketEndpoint(
                settings,
                new SocketEndpoint.SocketCommands(intake, cancellations),
                streams,
                lost,
                guard,
                snapshots,
                json,
                new ClientMetrics(registry, spans, "turnlane.sockets", DeliveryChannel.WS, deliveries));
    }

    /**
     * Sets the size of the buffers that the container holds for each open socket. This is also the maximum size of
     * partial frames.
     */
    @Bean
    ServletServerContainerFactoryBean socketBuffers() {
        ServletServerContainerFactoryBean container = new ServletServerContainerFactoryBean();
        container.setMaxTextMessageBufferSize(PARTIAL_FRAME);
        container.setMaxBinaryMessageBufferSize(PARTIAL_FRAME);
        return container;
    }

    @Bean
    FilterRegistrationBean<NoCompressionFilter> noCompressionFilter() {
        FilterRegistrationBean<NoCompressionFilter> registration =
                new FilterRegistrationBean<>(new NoCompressionFilter());
        registration.addUrlPatterns(SocketEndpoint.PATH);
        return registration;
    }
}

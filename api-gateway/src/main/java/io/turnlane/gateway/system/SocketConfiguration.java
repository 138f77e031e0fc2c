package io.turnlane.gateway.system;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.ask.QuestionIntake;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.problem.Refusals;
import io.turnlane.gateway.requests.RequestRecords;
import io.turnlane.gateway.requests.Snapshots;
import io.turnlane.gateway.socket.NoCompressionFilter;
import io.turnlane.gateway.socket.SocketEndpoint;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;
import tools.jackson.databind.json.JsonMapper;

/** The WebSocket. */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class SocketConfiguration {

    /** Bytes, and characters of text: a question of the usual length is one piece. */
    private static final int PIECE = 1024;

    @Bean
    SocketEndpoint socketEndpoint(
            GatewayProperties properties,
            QuestionIntake intake,
            EventStreams streams,
            RequestRecords records,
            Refusals refusals,
            Snapshots snapshots,
            JsonMapper json,
            MeterRegistry registry) {
        GatewayProperties.Sockets sockets = properties.sockets();
        SocketEndpoint.Settings settings = new SocketEndpoint.Settings(
                Math.toIntExact(sockets.maxFrame().toBytes()),
                sockets.maxSessions(),
                sockets.sendTimeout(),
                sockets.ping(),
                sockets.idle(),
                sockets.allowedOrigins());
        return new SocketEndpoint(settings, intake, streams, records, refusals, snapshots, json, registry);
    }

    /** The container holds these for each socket as long as it is open; frames come in pieces of this size. */
    @Bean
    ServletServerContainerFactoryBean socketBuffers() {
        ServletServerContainerFactoryBean container = new ServletServerContainerFactoryBean();
        container.setMaxTextMessageBufferSize(PIECE);
        container.setMaxBinaryMessageBufferSize(PIECE);
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

package io.turnlane.gateway.system;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.ask.QuestionIntake;
import io.turnlane.gateway.cancel.Cancellations;
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
import tools.jackson.databind.json.JsonMapper;

/** The WebSocket. */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class SocketConfiguration {

    @Bean
    SocketEndpoint socketEndpoint(
            GatewayProperties properties,
            QuestionIntake intake,
            Cancellations cancellations,
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
        return new SocketEndpoint(
                settings,
                new SocketEndpoint.Calls(intake, cancellations),
                streams,
                records,
                refusals,
                snapshots,
                json,
                registry);
    }

    @Bean
    FilterRegistrationBean<NoCompressionFilter> noCompressionFilter() {
        FilterRegistrationBean<NoCompressionFilter> registration =
                new FilterRegistrationBean<>(new NoCompressionFilter());
        registration.addUrlPatterns(SocketEndpoint.PATH);
        return registration;
    }
}

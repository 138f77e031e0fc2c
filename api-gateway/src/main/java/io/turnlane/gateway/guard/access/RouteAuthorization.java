package io.turnlane.gateway.guard.access;

import io.turnlane.model.Scope;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;

/**
 * Scopes that the routes require. This class lists the routes with special rules. Every other route, even a new one,
 * requires the scope {@code read} for GET and HEAD, and {@code ask} for other methods.
 */
public final class RouteAuthorization {

    /** Routes open to everyone: health and the pages, which contain no user data. */
    private static final String[] OPEN = {
        "/livez",
        "/readyz",
        "/",
        "/index.html",
        "/console",
        "/console/**",
        "/manifest.json",
        "/favicon.ico",
        "/assets/**",
        "/js/**",
        "/css/**",
        "/lib/**",
        "/icons/**",
        "/webjars/**",
        "/docs",
        "/swagger-ui/**",
        "/openapi.json",
        "/openapi.json/**"
    };

    /** Routes for operators: they show data of other users or of the installation, or act for other users. */
    private static final String[] OPERATORS = {
        "/actuator/**", "/v1/quarantine", "/v1/quarantine/**", "/v1/agents/*", "/v1/ops/**", "/api/stats"
    };

    /** WebSocket routes. Each frame is checked for the scope that it requires. */
    private static final String[] SOCKET = {"/v1/ws", "/v1/ws-tickets"};

    private RouteAuthorization() {}

    public static void apply(
            AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry routes) {
        routes.requestMatchers(OPEN)
                .permitAll()
                .requestMatchers(OPERATORS)
                .hasAuthority(Scope.OPS.wire())
                .requestMatchers(SOCKET)
                .hasAnyAuthority(Scope.ASK.wire(), Scope.READ.wire())
                .requestMatchers(HttpMethod.GET)
                .hasAuthority(Scope.READ.wire())
                .requestMatchers(HttpMethod.HEAD)
                .hasAuthority(Scope.READ.wire())
                .anyRequest()
                .hasAuthority(Scope.ASK.wire());
    }
}

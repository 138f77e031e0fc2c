package io.turnlane.gateway.access;

import io.turnlane.model.Scope;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;

/**
 * What each route needs. What isn't named here needs {@code read} to look and {@code ask} to do, so that a new route is
 * never open by being forgotten.
 */
public final class RouteAuthorization {

    /** Health, and the pages, which hold nothing of anybody's. */
    private static final String[] OPEN = {
        "/livez",
        "/readyz",
        "/",
        "/index.html",
        "/manifest.json",
        "/favicon.ico",
        "/js/**",
        "/css/**",
        "/icons/**",
        "/webjars/**",
        "/docs",
        "/swagger-ui/**",
        "/openapi.json",
        "/openapi.json/**"
    };

    /** What tells of others, of this installation's insides, or acts for others. */
    private static final String[] OPERATORS = {"/actuator/**", "/v1/quarantine", "/v1/quarantine/**", "/api/stats"};

    /** Each frame needs its own. */
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

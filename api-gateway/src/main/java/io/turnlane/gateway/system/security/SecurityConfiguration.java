package io.turnlane.gateway.system.security;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.turnlane.gateway.guard.access.AccessProblems;
import io.turnlane.gateway.guard.access.CredentialReader;
import io.turnlane.gateway.guard.access.CredentialValidity;
import io.turnlane.gateway.guard.access.IssuerResponses;
import io.turnlane.gateway.guard.access.JwtAuthentication;
import io.turnlane.gateway.guard.access.KeyAuthentication;
import io.turnlane.gateway.guard.access.RouteAuthorization;
import io.turnlane.gateway.guard.access.TicketAuthentication;
import io.turnlane.gateway.guard.access.Tickets;
import io.turnlane.gateway.guard.caller.Callers;
import io.turnlane.gateway.guard.keys.KeyRing;
import io.turnlane.gateway.guard.origin.AllowedOrigins;
import io.turnlane.gateway.guard.origin.LoopbackHostCheck;
import io.turnlane.gateway.system.GatewayProperties;
import io.turnlane.gateway.system.PhasedLifecycle;
import io.turnlane.gateway.system.security.SecurityProperties.Mode;
import io.turnlane.gateway.turns.socket.SocketEndpoint;
import io.turnlane.log.CompactedTopic;
import io.turnlane.log.CompactedTopicFollower;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.ApiKey;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import io.turnlane.store.access.TicketRecords;
import jakarta.servlet.DispatcherType;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.web.client.RestTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Authentication and authorisation of callers. Spring Boot's auto-configuration of Spring Security is not on the class
 * path, because it would also secure the endpoints of a processor in the same JVM.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SecurityProperties.class)
class SecurityConfiguration {

    private static final String FILTER = "springSecurityFilterChain";

    private static final Duration ISSUER_TIMEOUT = Duration.ofSeconds(5);

    /** Minimum time between two fetches of the issuer's keys. A new key is accepted after at most this time. */
    private static final Duration ISSUER_RESPONSE_LIFE = Duration.ofSeconds(30);

    /**
     * Minimum time after a failed fetch of the issuer's keys. Equals the Retry-After that callers receive meanwhile.
     */
    private static final Duration ISSUER_FAILURE_LIFE = Duration.ofSeconds(2);

    @Bean
    MeterBinder rejectedCallers() {
        return AccessProblems::register;
    }

    /**
     * Returns the component that determines the caller of each request.
     *
     * @throws IllegalStateException if authentication is disabled and the gateway listens on an address that other
     *     machines can reach, unless the operator has explicitly allowed this
     */
    @Bean
    Callers callers(SecurityProperties security, ServerProperties server) {
        if (!security.authenticated()
                && !security.letInAnybodyWhoReachesThisGateway()
                && !loopback(server.getAddress())) {
            throw new IllegalStateException("Without authentication, a gateway must listen on a loopback address. "
                    + "Set turnlane.security.mode to api-key or jwt. If a proxy in front of this gateway authenticates "
                    + "callers, set turnlane.security.let-in-anybody-who-reaches-this-gateway to true.");
        }
        return new Callers(security.authenticated());
    }

    private static boolean loopback(@Nullable InetAddress address) {
        return address != null && address.isLoopbackAddress();
    }

    /**
     * Origins of the web pages that may call this gateway.
     *
     * @throws IllegalStateException if the settings would allow any web page to read all data without credentials
     */
    @Bean
    AllowedOrigins allowedOrigins(SecurityProperties security) {
        AllowedOrigins origins = new AllowedOrigins(security.allowedOrigins());
        if (origins.allowsAny() && !security.authenticated() && !security.letInAnybodyWhoReachesThisGateway()) {
            throw new IllegalStateException(
                    "Without authentication, turnlane.security.allowed-origins=* allows every page in a browser on "
                            + "this machine to read all sessions and to ask. List the allowed origins, or set "
                            + "turnlane.security.let-in-anybody-who-reaches-this-gateway to true to allow all pages.");
        }
        return origins;
    }

    /**
     * Check against DNS rebinding for a gateway without authentication. It admits every host if authentication is
     * enabled, or if the operator has allowed callers on other machines.
     */
    @Bean
    LoopbackHostCheck loopbackHosts(SecurityProperties security, JsonMapper json) {
        return new LoopbackHostCheck(!security.authenticated() && !security.letInAnybodyWhoReachesThisGateway(), json);
    }

    @Bean
    Tickets tickets(StringRedisTemplate redis, WireFormat wire) {
        return new Tickets(new TicketRecords(redis, wire));
    }

    /** Reads the API keys before the gateway serves its first call. Does nothing in the other authentication modes. */
    @Bean
    PhasedLifecycle keyFollower(
            SecurityProperties security,
            GatewayProperties gateway,
            Topics names,
            TopicsProperties topics,
            KafkaAdmin admin,
            KeyRing keys) {
        CompactedTopicFollower<ApiKey> follower = new CompactedTopicFollower<>(
                CompactedTopic.ofApiKeys(admin.getConfigurationProperties(), names),
                topics.replication(),
                keys::replace);
        boolean needed = security.mode() == Mode.API_KEY;
        return PhasedLifecycle.ofFollower(
                needed ? () -> follower.start(gateway.streams().startPatience()) : () -> {}, follower::close);
    }

    /** Reports the gateway as down until it has read the API keys. */
    @Bean
    HealthIndicator apiKeysHealthIndicator(SecurityProperties security, KeyRing keys) {
        return () -> (security.mode() == Mode.API_KEY && !keys.isLoaded() ? Health.down() : Health.up()).build();
    }

    static final class AuthenticationEnabled implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return Binder.get(context.getEnvironment())
                            .bind("turnlane.security.mode", Mode.class)
                            .orElse(Mode.NONE)
                    != Mode.NONE;
        }
    }

    @EnableWebSecurity
    @Conditional(AuthenticationEnabled.class)
    @Configuration(proxyBeanMethods = false)
    static class AuthenticationFilters {

        @Bean
        AuthenticationManager authenticationManager(
                SecurityProperties security, KeyRing keys, Tickets tickets, CredentialValidity standing) {
            AuthenticationProvider bearers = switch (security.mode()) {
                case API_KEY, NONE -> new KeyAuthentication(keys);
                case JWT ->
                    new JwtAuthentication(
                            new SupplierJwtDecoder(() -> decoder(security.jwt())),
                            security.jwt().skew());
            };
            return new ProviderManager(List.of(bearers, new TicketAuthentication(tickets, standing)));
        }

        /**
         * Returns a decoder that fetches the keys of the issuer when the first token arrives. At startup, the issuer
         * may be unavailable.
         */
        private static JwtDecoder decoder(SecurityProperties.Jwt jwt) {
            String issuer = Objects.requireNonNull(jwt.issuer());
            RestTemplate rest = new RestTemplate();
            SimpleClientHttpRequestFactory http = new SimpleClientHttpRequestFactory();
            http.setConnectTimeout(ISSUER_TIMEOUT);
            http.setReadTimeout(ISSUER_TIMEOUT);
            rest.setRequestFactory(http);
            rest.setInterceptors(List.of(new IssuerResponses(ISSUER_RESPONSE_LIFE, ISSUER_FAILURE_LIFE)));
            NimbusJwtDecoder decoder = (jwt.jwkSetUri() == null
                            ? NimbusJwtDecoder.withIssuerLocation(issuer)
                            // All asymmetric algorithms are accepted, as in the decoder with discovery. This is safe,
                            // because a key verifies only signatures of its own algorithm.
                            : NimbusJwtDecoder.withJwkSetUri(jwt.jwkSetUri())
                                    .jwsAlgorithms(all -> all.addAll(List.of(SignatureAlgorithm.values()))))
                    .restOperations(rest)
                    .build();
            decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                    accessTokenType(),
                    new JwtTimestampValidator(jwt.skew()),
                    new JwtIssuerValidator(issuer),
                    new JwtClaimValidator<Collection<String>>(
                            JwtClaimNames.AUD, named -> named != null && named.contains(jwt.audience()))));
            return decoder;
        }

        /**
         * Returns a validator that accepts access tokens (RFC 9068) and tokens without a special type. It rejects other
         * documents that an issuer signs with the same keys, such as logout tokens.
         */
        private static JwtTypeValidator accessTokenType() {
            JwtTypeValidator types = new JwtTypeValidator("JWT", "at+jwt", "application/at+jwt");
            types.setAllowEmpty(true);
            return types;
        }

        @Bean
        SecurityFilterChain guard(
                HttpSecurity http,
                SecurityProperties security,
                AuthenticationManager manager,
                JsonMapper json,
                MeterRegistry metrics) {
            AccessProblems problems = new AccessProblems(json, metrics);
            CredentialReader reader = security.mode() == Mode.JWT
                    ? CredentialReader.of(SocketEndpoint.PATH, JwtAuthentication::present)
                    : CredentialReader.ofKeys(SocketEndpoint.PATH);
            AuthenticationFilter filter = new AuthenticationFilter(manager, reader);
            filter.setSuccessHandler((_, _, _) -> {});
            filter.setFailureHandler(problems::commence);
            // The gateway reads no cookies and therefore needs neither sessions nor logins nor CSRF protection.
            // SecurityHeaders sets the security headers of the pages.
            return http.csrf(AbstractHttpConfigurer::disable)
                    .headers(AbstractHttpConfigurer::disable)
                    .logout(AbstractHttpConfigurer::disable)
                    .requestCache(AbstractHttpConfigurer::disable)
                    .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .exceptionHandling(handling ->
                            handling.authenticationEntryPoint(problems).accessDeniedHandler(problems))
                    .authorizeHttpRequests(RouteAuthorization::apply)
                    .addFilterAt(filter, BasicAuthenticationFilter.class)
                    .build();
        }

        /**
         * Registers the security filter. It runs after the filter of all calls and before everything that handles
         * calls.
         */
        @Bean
        DelegatingFilterProxyRegistrationBean guardFilter() {
            DelegatingFilterProxyRegistrationBean registration = new DelegatingFilterProxyRegistrationBean(FILTER);
            registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 4);
            registration.setDispatcherTypes(DispatcherType.REQUEST);
            return registration;
        }
    }
}

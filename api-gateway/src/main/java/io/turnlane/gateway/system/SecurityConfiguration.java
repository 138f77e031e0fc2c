package io.turnlane.gateway.system;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.access.AccessProblems;
import io.turnlane.gateway.access.CredentialReader;
import io.turnlane.gateway.access.CredentialValidity;
import io.turnlane.gateway.access.JwtAuthentication;
import io.turnlane.gateway.access.KeyAuthentication;
import io.turnlane.gateway.access.RedisTickets;
import io.turnlane.gateway.access.RouteAuthorization;
import io.turnlane.gateway.access.TicketAuthentication;
import io.turnlane.gateway.caller.Callers;
import io.turnlane.gateway.deliver.LogConsumerFactory;
import io.turnlane.gateway.keys.KafkaKeyFollower;
import io.turnlane.gateway.keys.KafkaKeyTopic;
import io.turnlane.gateway.keys.KeyRing;
import io.turnlane.gateway.origin.AllowedOrigins;
import io.turnlane.gateway.origin.ApiCorsProcessor;
import io.turnlane.gateway.socket.SocketEndpoint;
import io.turnlane.gateway.system.SecurityProperties.Mode;
import io.turnlane.model.WireFormat;
import jakarta.servlet.DispatcherType;
import java.net.InetAddress;
import java.time.InstantSource;
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
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.data.redis.core.StringRedisTemplate;
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
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.web.filter.CorsFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who is let in. Spring Security is here without Boot's auto-configuration of it, which a processor in the same JVM
 * would get too.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SecurityProperties.class)
class SecurityConfiguration {

    private static final String FILTER = "springSecurityFilterChain";

    /** @throws IllegalStateException where everybody would be let in from everywhere without somebody saying so */
    @Bean
    Callers callers(SecurityProperties security, ServerProperties server) {
        if (!security.authenticated()
                && !security.letInAnybodyWhoReachesThisGateway()
                && !loopback(server.getAddress())) {
            throw new IllegalStateException("Without authentication a gateway listens on the loopback address only. "
                    + "Set turnlane.security.mode to api-key or jwt; or, where something before this gateway "
                    + "authenticates, turnlane.security.let-in-anybody-who-reaches-this-gateway to true.");
        }
        return new Callers(security.authenticated());
    }

    private static boolean loopback(@Nullable InetAddress address) {
        return address != null && address.isLoopbackAddress();
    }

    /**
     * Which pages may call.
     *
     * @throws IllegalStateException where any page that a browser shows could read everything without a key
     */
    @Bean
    AllowedOrigins allowedOrigins(SecurityProperties security) {
        AllowedOrigins origins = new AllowedOrigins(security.allowedOrigins());
        if (origins.allowsAny() && !security.authenticated() && !security.letInAnybodyWhoReachesThisGateway()) {
            throw new IllegalStateException(
                    "Without authentication turnlane.security.allowed-origins=* lets every page "
                            + "that a browser of this machine shows read and ask as it likes. Name the origins that may; or set "
                            + "turnlane.security.let-in-anybody-who-reaches-this-gateway to true if that is what you want.");
        }
        return origins;
    }

    /** Before callers are asked who they are: a browser's preflight can't say. */
    @Bean
    FilterRegistrationBean<CorsFilter> crossOriginFilter(AllowedOrigins origins, JsonMapper json) {
        FilterRegistrationBean<CorsFilter> registration =
                new FilterRegistrationBean<>(ApiCorsProcessor.filter(origins, json));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
        return registration;
    }

    @Bean
    KeyRing keyRing(InstantSource clock) {
        return new KeyRing(clock);
    }

    @Bean
    CredentialValidity standing(KeyRing keys, InstantSource clock) {
        return new CredentialValidity(keys, clock);
    }

    @Bean
    RedisTickets redisTickets(StringRedisTemplate redis, WireFormat wire) {
        return new RedisTickets(redis, wire);
    }

    /** The keys are read before the first call is taken; where there are none to read, nothing is. */
    @Bean
    PhasedLifecycle keyFollower(
            SecurityProperties security,
            GatewayProperties gateway,
            GatewayTopicsProperties topics,
            LogConsumerFactory consumers,
            KafkaAdmin admin,
            KeyRing keys) {
        KafkaKeyTopic topic = new KafkaKeyTopic(
                admin.getConfigurationProperties(), topics.names().keys());
        KafkaKeyFollower follower = new KafkaKeyFollower(consumers, topic, topics.replicationFactor(), keys);
        boolean needed = security.mode() == Mode.API_KEY;
        return new PhasedLifecycle(
                GatewayPhases.FOLLOWER,
                needed ? () -> follower.start(gateway.streams().startPatience()) : () -> {},
                follower::close);
    }

    /** Ready is who knows whom to let in. */
    @Bean
    HealthIndicator apiKeysHealthIndicator(SecurityProperties security, KeyRing keys) {
        return () -> (security.mode() == Mode.API_KEY && !keys.isLoaded() ? Health.down() : Health.up()).build();
    }

    /** In the guard's place, where there is none. */
    @Bean
    FilterRegistrationBean<LoopbackHostFilter> loopbackHostFilter(SecurityProperties security, JsonMapper json) {
        FilterRegistrationBean<LoopbackHostFilter> registration =
                new FilterRegistrationBean<>(new LoopbackHostFilter(json));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 3);
        registration.setEnabled(!security.authenticated() && !security.letInAnybodyWhoReachesThisGateway());
        return registration;
    }

    /** Whether callers are told apart at all. */
    static final class AuthenticationEnabled implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return Binder.get(context.getEnvironment())
                            .bind("turnlane.security.mode", Mode.class)
                            .orElse(Mode.NONE)
                    != Mode.NONE;
        }
    }

    /** The filters that do it. */
    @EnableWebSecurity
    @Conditional(AuthenticationEnabled.class)
    @Configuration(proxyBeanMethods = false)
    static class AuthenticationFilters {

        @Bean
        AuthenticationManager authenticationManager(
                SecurityProperties security, KeyRing keys, RedisTickets tickets, CredentialValidity standing) {
            AuthenticationProvider bearers = switch (security.mode()) {
                case API_KEY, NONE -> new KeyAuthentication(keys);
                case JWT ->
                    new JwtAuthentication(
                            new SupplierJwtDecoder(() -> decoder(security.jwt())),
                            security.jwt().skew());
            };
            return new ProviderManager(List.of(bearers, new TicketAuthentication(tickets, standing)));
        }

        /** The issuer is asked for its keys with the first token, not at start: it may be away then. */
        private static JwtDecoder decoder(SecurityProperties.Jwt jwt) {
            String issuer = Objects.requireNonNull(jwt.issuer());
            NimbusJwtDecoder decoder = (jwt.jwkSetUri() == null
                            ? NimbusJwtDecoder.withIssuerLocation(issuer)
                            // As by discovery: all algorithms of key pairs, of which a key allows its own.
                            : NimbusJwtDecoder.withJwkSetUri(jwt.jwkSetUri())
                                    .jwsAlgorithms(all -> all.addAll(List.of(SignatureAlgorithm.values()))))
                    .build();
            decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                    new JwtTimestampValidator(jwt.skew()),
                    new JwtIssuerValidator(issuer),
                    new JwtClaimValidator<Collection<String>>(
                            JwtClaimNames.AUD, named -> named != null && named.contains(jwt.audience()))));
            return decoder;
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
            // No cookie is ever read, so there is no session, no login and no forgery to guard against; the headers of
            // our pages are SecurityHeadersFilter's.
            return http.csrf(AbstractHttpConfigurer::disable)
                    .headers(AbstractHttpConfigurer::disable)
                    .logout(AbstractHttpConfigurer::disable)
                    .requestCache(AbstractHttpConfigurer::disable)
                    .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .exceptionHandling(refused ->
                            refused.authenticationEntryPoint(problems).accessDeniedHandler(problems))
                    .authorizeHttpRequests(RouteAuthorization::apply)
                    .addFilterAt(filter, BasicAuthenticationFilter.class)
                    .build();
        }

        /** After the filters that name a call, set headers and bound bodies; before everything that serves. */
        @Bean
        DelegatingFilterProxyRegistrationBean guardFilter() {
            DelegatingFilterProxyRegistrationBean registration = new DelegatingFilterProxyRegistrationBean(FILTER);
            registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 4);
            registration.setDispatcherTypes(DispatcherType.REQUEST);
            return registration;
        }
    }
}

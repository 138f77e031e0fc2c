package io.turnlane.gateway.system.security;

import jakarta.validation.Valid;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Authentication of callers.
 *
 * @param mode way of authentication: none, api-key or jwt
 * @param letInAnybodyWhoReachesThisGateway true if a gateway without authentication may listen on addresses that other
 *     machines can reach; safe only behind a proxy that authenticates callers
 * @param allowedOrigins origins of web pages that are allowed to call the gateway, by fetch and by WebSocket, in
 *     addition to the gateway's own pages; * allows any page of any site
 * @param jwt accepted tokens, for mode jwt
 */
@Validated
@ConfigurationProperties("turnlane.security")
record SecurityProperties(
        @DefaultValue("none") Mode mode,
        @DefaultValue("false") boolean letInAnybodyWhoReachesThisGateway,
        @DefaultValue List<String> allowedOrigins,
        @Valid @DefaultValue Jwt jwt) {

    SecurityProperties {
        if (mode == Mode.JWT && (blank(jwt.issuer()) || blank(jwt.audience()))) {
            throw new IllegalArgumentException("turnlane.security.mode=jwt requires turnlane.security.jwt.issuer and "
                    + "turnlane.security.jwt.audience: otherwise tokens for other services would be accepted");
        }
    }

    /** Ways to authenticate callers. */
    enum Mode {
        /** Without authentication. */
        NONE,
        /** API keys, created with {@code ./turnlane keys}. */
        API_KEY,
        /** JWTs of an external issuer. */
        JWT
    }

    /**
     * Accepted tokens.
     *
     * @param issuer URL of the issuer: the value of iss in tokens and the base of OpenID discovery
     * @param audience value that tokens must have in aud
     * @param jwkSetUri URL of the keys of the issuer, instead of discovery
     * @param skew maximum difference between the clocks of the issuer and this gateway
     */
    record Jwt(
            @Nullable String issuer,
            @Nullable String audience,
            @Nullable String jwkSetUri,
            @DefaultValue("30s") @DurationMax(minutes = 5) Duration skew) {}

    boolean authenticated() {
        return mode != Mode.NONE;
    }

    private static boolean blank(@Nullable String text) {
        return text == null || text.isBlank();
    }
}

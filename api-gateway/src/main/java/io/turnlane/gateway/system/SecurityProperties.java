package io.turnlane.gateway.system;

import jakarta.validation.Valid;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Who is let in.
 *
 * @param mode how callers are told apart: none, api-key or jwt
 * @param letInAnybodyWhoReachesThisGateway whether a gateway that asks nobody who they are may listen beyond this
 *     machine; only where something before it authenticates
 * @param allowedOrigins origins of pages that may call from a browser, besides the gateway's own: by fetch and by
 *     WebSocket; * for any page of any site
 * @param jwt whose tokens are taken; for mode jwt
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
            throw new IllegalArgumentException("turnlane.security.mode=jwt needs turnlane.security.jwt.issuer and "
                    + "turnlane.security.jwt.audience: a token for somebody else must not open this");
        }
    }

    /** How callers are told apart. */
    enum Mode {
        /** Not at all. */
        NONE,
        /** By API keys, made with {@code ./turnlane keys}. */
        API_KEY,
        /** By the tokens of an issuer. */
        JWT
    }

    /**
     * Tokens.
     *
     * @param issuer who issues tokens: the URL that they name as iss, where its keys are found by OpenID discovery
     * @param audience what tokens must name as aud
     * @param jwkSetUri where the issuer's keys are, in place of discovery
     * @param skew how far the issuer's clock may be off
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

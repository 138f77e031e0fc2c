package io.turnlane.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.caller.CallerPrincipal;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.Jwt;

class JwtAuthenticationTest {

    private static final Instant END = Instant.parse("2026-11-21T06:00:00Z");

    /** A stream that a token opens within the skew would else end with its first look, and its ticket open nothing. */
    @Test
    void whatATokenOpensStandsForAsLongAsTheTokenIsTaken() {
        Jwt token = Jwt.withTokenValue("token")
                .header("alg", "none")
                .subject("alice")
                .issuedAt(END.minusSeconds(60))
                .expiresAt(END)
                .build();
        JwtAuthentication callers = new JwtAuthentication(_ -> token, Duration.ofSeconds(30));
        CallerPrincipal known = (CallerPrincipal) callers.authenticate(JwtAuthentication.present("token"));
        assertThat(known.caller().expiresAt()).isEqualTo(END.plusSeconds(30));
    }
}

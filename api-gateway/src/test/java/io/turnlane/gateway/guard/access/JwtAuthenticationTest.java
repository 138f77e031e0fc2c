package io.turnlane.gateway.guard.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.guard.caller.CallerPrincipal;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.Jwt;

class JwtAuthenticationTest {

    private static final Instant END = Instant.parse("2026-11-21T06:00:00Z");

    /**
     * Without the skew, a stream opened with a token that expired within the skew would end at its first check, and a
     * ticket would be rejected.
     */
    @Test
    void acceptsTheCallerForAsLongAsTheTokenIncludingTheSkew() {
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

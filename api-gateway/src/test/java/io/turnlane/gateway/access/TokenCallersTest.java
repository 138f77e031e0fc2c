package io.turnlane.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.caller.KnownCaller;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.Jwt;

class TokenCallersTest {

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
        TokenCallers callers = new TokenCallers(_ -> token, Duration.ofSeconds(30));
        KnownCaller known = (KnownCaller) callers.authenticate(TokenCallers.present("token"));
        assertThat(known.caller().until()).isEqualTo(END.plusSeconds(30));
    }
}

package io.turnlane.gateway.system.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.turnlane.gateway.system.security.SecurityProperties.Jwt;
import io.turnlane.gateway.system.security.SecurityProperties.Mode;
import io.turnlane.model.address.LoopbackHost;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;

/** A gateway without authentication serves only this machine, unless the operator explicitly allows more. */
class LoopbackTest {

    private static final Jwt NO_TOKENS = new Jwt(null, null, null, Duration.ofSeconds(30));

    private static boolean authenticated(Mode mode, boolean anybody, String address) throws Exception {
        ServerProperties server = new ServerProperties();
        server.setAddress(address == null ? null : InetAddress.getByName(address));
        return new SecurityConfiguration()
                .callers(new SecurityProperties(mode, anybody, List.of(), NO_TOKENS), server)
                .authenticated();
    }

    @Test
    void acceptsOnlyHostNamesOfThisMachine() {
        for (String local : new String[] {
            "localhost", "LocalHost:8080", "app.localhost:80", "localhost.", "127.0.0.1", "127.1.2.3:9", "[::1]:8080"
        }) {
            assertThat(LoopbackHost.matches(local)).as(local).isTrue();
        }
        for (String foreign : new String[] {
            "",
            "evil.example",
            "evil.example:8080",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "notlocalhost",
            "localhost:80@evil.example",
            "128.0.0.1",
            "192.0.2.1:8080",
            "[::2]"
        }) {
            assertThat(LoopbackHost.matches(foreign)).as(foreign).isFalse();
        }
    }

    @Test
    void withoutAuthenticationListensOnLoopbackOnly() throws Exception {
        assertThat(authenticated(Mode.NONE, false, "127.0.0.1")).isFalse();
        assertThat(authenticated(Mode.NONE, false, "::1")).isFalse();
        for (String address : new String[] {"0.0.0.0", "::", "192.0.2.1", null}) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> authenticated(Mode.NONE, false, address))
                    .withMessageContaining("let-in-anybody-who-reaches-this-gateway");
            assertThat(authenticated(Mode.NONE, true, address)).isFalse();
            assertThat(authenticated(Mode.API_KEY, false, address)).isTrue();
        }
    }

    @Test
    void withoutAuthenticationRejectsAnyOriginUnlessAllowed() {
        assertThatIllegalStateException()
                .isThrownBy(() -> anyPage(Mode.NONE, false))
                .withMessageContaining("let-in-anybody-who-reaches-this-gateway");
        assertThat(anyPage(Mode.NONE, true)).isTrue();
        assertThat(anyPage(Mode.API_KEY, false)).isTrue();
    }

    private static boolean anyPage(Mode mode, boolean anybody) {
        return new SecurityConfiguration()
                .allowedOrigins(new SecurityProperties(mode, anybody, List.of("*"), NO_TOKENS))
                .allowsAny();
    }

    @Test
    void tokensNeedAnIssuerAndAnAudience() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SecurityProperties(Mode.JWT, false, List.of(), NO_TOKENS))
                .withMessageContaining("audience");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SecurityProperties(
                        Mode.JWT, false, List.of(), new Jwt("https://issuer.example", " ", null, Duration.ZERO)));
    }
}

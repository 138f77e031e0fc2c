package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestKeys.KeyedClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Authentication by the tokens of an issuer. */
@Timeout(60)
class TokenAccessTest {

    private static RSAKey key;
    private static HttpServer issuer;
    private static TestGateway gateway;
    private static TestProcessor processor;
    private static final AtomicInteger fetches = new AtomicInteger();

    @BeforeAll
    static void start() throws Exception {
        key = new RSAKeyGenerator(2048).keyID("one").generate();
        byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/keys", exchange -> {
            fetches.incrementAndGet();
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        issuer.createContext("/.well-known/openid-configuration", exchange -> {
            byte[] found = ("{\"issuer\":\"" + address() + "\",\"jwks_uri\":\"" + address()
                            + "/keys\",\"subject_types_supported\":[\"public\"]}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, found.length);
            exchange.getResponseBody().write(found);
            exchange.close();
        });
        issuer.start();
        gateway = TestGateway.start(
                "turnlane.security.mode=jwt",
                "turnlane.security.jwt.issuer=" + address(),
                "turnlane.security.jwt.audience=turnlane",
                "turnlane.security.jwt.skew=1s",
                "turnlane.security.allowed-origins=https://chat.example");
        processor = new TestProcessor(gateway).withScript(TestProcessor.MANUAL);
    }

    private static String address() {
        return "http://127.0.0.1:" + issuer.getAddress().getPort();
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
        issuer.stop(0);
    }

    private static JWTClaimsSet.Builder claims(String user) {
        return new JWTClaimsSet.Builder()
                .subject(user)
                .issuer(address())
                .audience("turnlane")
                .claim("scope", "ask read openid")
                .expirationTime(Date.from(Instant.now().plusSeconds(60)));
    }

    private static KeyedClient with(String user, UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
        return signed(change.apply(claims(user)).build(), key);
    }

    private static KeyedClient signed(JWTClaimsSet claims, RSAKey by) throws JOSEException {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(), claims);
        token.sign(new RSASSASigner(by));
        return new KeyedClient(gateway, token.serialize());
    }

    @Test
    void answersABrowsersPreflightWithoutAToken() {
        HttpReply preflight = gateway.send(gateway.request(
                        "/v1/sessions",
                        "Origin",
                        "https://chat.example",
                        "Access-Control-Request-Method",
                        "POST",
                        "Access-Control-Request-Headers",
                        "authorization, content-type")
                .method("OPTIONS", BodyPublishers.noBody()));
        assertThat(preflight.status()).isEqualTo(200);
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("https://chat.example");
    }

    /** The issuer signs other documents with the same keys. They must not serve as access tokens. */
    @ParameterizedTest
    @CsvSource({
        ", 200",
        "JWT, 200",
        "jwt, 200",
        "at+jwt, 200",
        "application/at+jwt, 200",
        "logout+jwt, 401",
        "secevent+jwt, 401",
        "dpop+jwt, 401",
        "id_token+jwt, 401"
    })
    void acceptsOnlyTypesOfAccessTokens(String type, int status) throws Exception {
        JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one");
        SignedJWT token = new SignedJWT(
                (type == null ? header : header.type(new JOSEObjectType(type))).build(),
                claims("alice").build());
        token.sign(new RSASSASigner(key));
        assertThat(new KeyedClient(gateway, token.serialize())
                        .get("/v1/sessions")
                        .status())
                .isEqualTo(status);
    }

    @Test
    void rejectsAUserThatIsNotValidUnicode() throws Exception {
        JWSObject token = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(),
                new Payload(claims("alice").build().toString().replace("alice", "\\ud800")));
        token.sign(new RSASSASigner(key));
        assertThat(new KeyedClient(gateway, token.serialize())
                        .get("/v1/sessions")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void takesUserAndScopesFromTheToken() throws Exception {
        KeyedClient alice = with("alice", same -> same);
        KeyedClient bob = with("bob", same -> same);
        String self = alice.ask("s-1", "why?").header("Location");
        assertThat(alice.get(self).status()).isEqualTo(200);
        assertThat(bob.get(self).status()).isEqualTo(404);
        assertThat(alice.get("/v1/quarantine").status()).isEqualTo(403);
        assertThat(with("olga", c -> c.claim("scope", "ops"))
                        .get("/v1/quarantine")
                        .status())
                .isEqualTo(200);
        assertThat(with("alice", c -> c.claim("scope", null)).get(self).status())
                .isEqualTo(403);
    }

    @Test
    void opensASocketWithATicket() throws Exception {
        String ticket = "ticket."
                + with("carol", same -> same).post("/v1/ws-tickets", "").text("ticket");
        try (TestSocket socket = TestSocket.open(gateway, new String[0], ticket)) {
            assertThat(socket.send("{'type':'ping'}").nextFrame().path("type").asString())
                    .isEqualTo("pong");
        }
    }

    @Test
    void endsASocketWithItsToken() throws Exception {
        KeyedClient dan =
                with("dan", c -> c.expirationTime(Date.from(Instant.now().plusSeconds(2))));
        try (TestSocket socket = TestSocket.open(gateway, KeyedClient.bearer(dan.key()))) {
            assertThat(socket.closeStatus()).isEqualTo(1008);
        }
    }

    @Test
    void rejectsTokensOfOtherIssuersAndAudiences() throws Exception {
        RSAKey stranger = new RSAKeyGenerator(2048).keyID("one").generate();
        JWTClaimsSet good = claims("eve").build();
        for (KeyedClient client : new KeyedClient[] {
            with("eve", c -> c.issuer("https://evil.example")),
            with("eve", c -> c.audience("another-service")),
            with("eve", c -> c.audience((String) null)),
            with("eve", c -> c.expirationTime(Date.from(Instant.now().minusSeconds(5)))),
            with("eve", c -> c.expirationTime(null)),
            with("eve", c -> c.notBeforeTime(Date.from(Instant.now().plusSeconds(30)))),
            with("", same -> same),
            with(null, same -> same),
            with("e".repeat(300), same -> same),
            signed(good, stranger),
            new KeyedClient(gateway, new PlainJWT(good).serialize()),
            new KeyedClient(gateway, "a.b.c"),
            new KeyedClient(gateway, "tl_000000000000_" + "0".repeat(40))
        }) {
            HttpReply reply = client.get("/v1/agents");
            assertThat(reply.status()).as(client.key()).isEqualTo(401);
            assertThat(reply.text("code")).isEqualTo("unauthorized");
            assertThat(reply.header("WWW-Authenticate")).contains("invalid_token");
        }
        assertThat(signed(good, key).get("/v1/agents").status()).isEqualTo(200);
    }

    @Test
    void fetchesTheKeysAtMostOnceForManyUnknownKeyIds() throws Exception {
        RSAKey stranger = new RSAKeyGenerator(2048).generate();
        with("alice", same -> same).get("/v1/agents");
        int before = fetches.get();
        for (int i = 0; i < 10; i++) {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID("unknown-" + i)
                            .build(),
                    claims("eve").build());
            token.sign(new RSASSASigner(stranger));
            HttpReply reply = new KeyedClient(gateway, token.serialize()).get("/v1/agents");
            assertThat(reply.status()).isEqualTo(401);
        }
        assertThat(fetches.get() - before).isLessThanOrEqualTo(1);
        assertThat(with("alice", same -> same).get("/v1/agents").status()).isEqualTo(200);
    }

    @Test
    void answers503IfTheIssuerIsUnavailable() throws Exception {
        try (TestGateway alone = TestGateway.start(
                "turnlane.security.mode=jwt",
                "turnlane.security.jwt.issuer=http://127.0.0.1:1",
                "turnlane.security.jwt.audience=turnlane")) {
            HttpReply reply = new KeyedClient(alone, with("alice", same -> same).key()).get("/v1/agents");
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).isNotBlank();
        }
    }
}

package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestKeys.KeyedClient;
import io.turnlane.model.Scope;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Pages of other origins at a gateway with API keys and listed origins, and at one without authentication that allows
 * all.
 */
@Timeout(60)
class CrossOriginTest {

    private static final String CHAT = "https://chat.example";
    private static final String EVIL = "https://evil.example";

    /** Headers that every page may read anyway or that no page needs. */
    private static final Set<String> IRRELEVANT = Set.of(
            "accept-ranges",
            "cache-control",
            "connection",
            "content-length",
            "content-security-policy",
            "content-type",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "date",
            "expires",
            "permissions-policy",
            "pragma",
            "referrer-policy",
            "transfer-encoding",
            "vary",
            "x-accel-buffering",
            "x-content-type-options",
            "x-frame-options");

    private static TestGateway gateway;
    private static TestGateway open;
    private static TestProcessor processor;
    private static KeyedClient alice;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                TestKeys.MODE, "turnlane.security.allowed-origins=" + CHAT + ",http://localhost:5173");
        open = TestGateway.start(
                "turnlane.security.allowed-origins=*",
                "turnlane.security.let-in-anybody-who-reaches-this-gateway=true");
        processor = new TestProcessor(gateway);
        alice = new TestKeys(gateway).newClient(gateway, "alice", Scope.values());
    }

    @AfterAll
    static void stop() {
        processor.close();
        open.close();
        gateway.close();
    }

    private static HttpReply preflight(TestGateway to, String origin, String method, String path, String headers) {
        return to.send(to.request(
                        path,
                        "Origin",
                        origin,
                        "Access-Control-Request-Method",
                        method,
                        "Access-Control-Request-Headers",
                        headers)
                .method("OPTIONS", BodyPublishers.noBody()));
    }

    private static String[] from(String origin) {
        return new String[] {"Origin", origin, "Authorization", "Bearer " + alice.key()};
    }

    private static void assertHasNoCorsHeaders(HttpReply reply) {
        assertThat(reply.response().headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
        assertThat(reply.header("Vary")).containsIgnoringCase("Origin");
    }

    @Test
    void answersAPreflightWithoutAKey() {
        String session = "/v1/sessions/s-1";
        for (String call : new String[] {
            "POST /v1/sessions",
            "POST " + session + "/requests",
            "POST /ask",
            "POST /ask-stream",
            "GET " + session + "/events",
            "PATCH " + session,
            "DELETE " + session,
            "PUT " + session + "/import",
            "POST /v1/ws-tickets"
        }) {
            String[] parts = call.split(" ");
            HttpReply reply = preflight(
                    gateway,
                    CHAT,
                    parts[0],
                    parts[1],
                    "authorization, content-type, idempotency-key, last-event-id, prefer, if-none-match, traceparent");
            assertThat(reply.status()).as(call).isEqualTo(200);
            assertThat(reply.header("Access-Control-Allow-Origin")).as(call).isEqualTo(CHAT);
            assertThat(reply.header("Access-Control-Allow-Methods")).contains(parts[0]);
            assertThat(reply.header("Access-Control-Allow-Headers")).contains("last-event-id", "idempotency-key");
            assertThat(reply.header("Access-Control-Allow-Credentials")).isNull();
            assertThat(reply.header("Access-Control-Max-Age")).isEqualTo("600");
            assertThat(reply.response().headers().allValues("Vary")).contains("Origin");
        }
    }

    @Test
    void rejectsPreflightsOfUnlistedOriginsAndForInternalPaths() {
        List<HttpReply> rejected = List.of(
                preflight(gateway, EVIL, "POST", "/v1/sessions", "authorization"),
                preflight(gateway, CHAT + ":444", "POST", "/v1/sessions", "authorization"),
                preflight(gateway, "null", "POST", "/v1/sessions", "authorization"),
                preflight(gateway, CHAT, "POST", "/v1/sessions", "x-forwarded-for"),
                preflight(gateway, CHAT, "TRACE", "/v1/sessions", "authorization"),
                preflight(gateway, CHAT, "GET", "/v1/quarantine", "authorization"),
                preflight(gateway, CHAT, "POST", "/v1/quarantine/1/redrive", "authorization"),
                preflight(gateway, CHAT, "GET", "/v1/ops/fleet", "authorization"),
                preflight(gateway, CHAT, "GET", "/api/stats", "authorization"),
                preflight(gateway, CHAT, "GET", "/actuator/prometheus", "authorization"),
                preflight(open, EVIL, "GET", "/actuator/health", "authorization"));
        assertThat(rejected).allSatisfy(reply -> {
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.text("code")).isEqualTo("forbidden");
            assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
            assertHasNoCorsHeaders(reply);
        });
    }

    @Test
    void letsAListedPageReadResponsesAndTheirHeaders() {
        HttpReply asked = gateway.post(
                "/v1/sessions/s-" + UUID.randomUUID() + "/requests",
                "{\"question\":\"why?\"}",
                Stream.of(from(CHAT), new String[] {"Idempotency-Key", "k", "Prefer", "wait=0"})
                        .flatMap(Arrays::stream)
                        .toArray(String[]::new));
        assertThat(asked.status()).isEqualTo(202);
        HttpReply unauthorized = gateway.get("/v1/agents", "Origin", CHAT);
        assertThat(unauthorized.status()).isEqualTo(401);
        HttpReply session = gateway.get("/v1/sessions", from(CHAT));
        assertThat(session.status()).isEqualTo(200);
        HttpReply module = gateway.get("/js/turnlane-client.js", "Origin", CHAT);
        assertThat(module.status()).isEqualTo(200);
        HttpReply nothing =
                gateway.send(gateway.request("/v1/agents", from(CHAT)).DELETE());
        assertThat(nothing.status()).isEqualTo(405);
        for (HttpReply reply : List.of(asked, unauthorized, session, module, nothing)) {
            assertThat(reply.header("Access-Control-Allow-Origin")).isEqualTo(CHAT);
            assertThat(reply.header("Access-Control-Allow-Credentials")).isNull();
            assertThat(hidden(reply)).as("headers that the page can't see").isEmpty();
        }
        assertThat(asked.header("Access-Control-Expose-Headers"))
                .contains("Location", "Retry-After", "RateLimit", "RateLimit-Policy", "Idempotency-Replayed");
    }

    /** Returns the informative headers that a browser hides from the page. */
    private static Set<String> hidden(HttpReply reply) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(reply.response().headers().map().keySet());
        names.removeIf(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
        names.removeAll(IRRELEVANT);
        Arrays.asList(reply.header("Access-Control-Expose-Headers").split(", ")).forEach(names::remove);
        return names;
    }

    @Test
    void letsAListedPageReadAStream() {
        String location = alice.ask("s-" + UUID.randomUUID(), "why?").header("Location");
        try (SseClient events = gateway.stream(location + "/events", from(CHAT))) {
            assertThat(events.status()).isEqualTo(200);
            assertThat(events.header("Access-Control-Allow-Origin")).isEqualTo(CHAT);
            assertThat(events.remainingEvents().getLast().type()).isEqualTo("completed");
        }
        HttpReply gone = gateway.get("/v1/sessions/nowhere/requests/" + UUID.randomUUID() + "/events", from(CHAT));
        assertThat(gone.status()).isIn(400, 404);
        assertThat(gone.header("Access-Control-Allow-Origin")).isEqualTo(CHAT);
    }

    @Test
    void letsAnUnlistedPageReadNothing() {
        HttpReply agents = gateway.get("/v1/agents", from(EVIL));
        assertThat(agents.status()).isEqualTo(200);
        assertHasNoCorsHeaders(agents);
        HttpReply stats = gateway.get("/api/stats", from(CHAT));
        assertThat(stats.status()).isEqualTo(200);
        assertHasNoCorsHeaders(stats);
    }

    @Test
    void servesItsOwnPageWithoutCorsHeaders() {
        String own = "http://127.0.0.1:" + gateway.port();
        HttpReply agents = gateway.get("/v1/agents", from(own));
        assertThat(agents.status()).isEqualTo(200);
        assertHasNoCorsHeaders(agents);
    }

    @Test
    void letsAnyPageReadIfAllOriginsAreAllowed() {
        assertThat(preflight(open, EVIL, "DELETE", "/v1/sessions/s-1", "content-type")
                        .header("Access-Control-Allow-Origin"))
                .isEqualTo("*");
        HttpReply sessions = open.get("/v1/agents", "Origin", EVIL);
        assertThat(sessions.header("Access-Control-Allow-Origin")).isEqualTo("*");
    }

    @Test
    void appliesTheListToSocketsToo() throws Exception {
        assertThat(TestSocket.handshakeStatus(gateway, from(EVIL))).isEqualTo(403);
        try (TestSocket listed = TestSocket.open(gateway, from(CHAT));
                TestSocket own = TestSocket.open(gateway, from("http://127.0.0.1:" + gateway.port()));
                TestSocket any = TestSocket.open(open, new String[] {"Origin", EVIL})) {
            for (TestSocket socket : List.of(listed, own, any)) {
                assertThat(socket.send("{'type':'ping'}")
                                .nextFrame()
                                .path("type")
                                .asString())
                        .isEqualTo("pong");
            }
        }
    }
}

package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestKeys.KeyedClient;
import io.turnlane.model.ApiKey;
import io.turnlane.model.Scope;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Authentication by API keys at two gateways. */
@Timeout(60)
class AccessTest {

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final String UNKNOWN_KEY = "tl_000000000000_" + "0".repeat(40);

    private static TestGateway gateway;
    private static TestGateway other;
    private static TestProcessor processor;
    private static TestKeys keys;
    private static KeyedClient alice;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(TestKeys.MODE, "turnlane.limits.connections=3");
        // Spelled as in an environment variable.
        other = TestGateway.start(TestBackends.shared(), gateway.topics(), "turnlane.security.mode=API_KEY");
        processor = new TestProcessor(gateway);
        keys = new TestKeys(gateway);
        alice = keys.newClient(gateway, "alice", Scope.ASK, Scope.READ);
    }

    @AfterAll
    static void stop() {
        processor.close();
        other.close();
        gateway.close();
    }

    private static String freshSession() {
        return "s-" + UUID.randomUUID();
    }

    @Test
    void acceptsAKeyAtAnyGateway() {
        String session = freshSession();
        String self = alice.ask(session, "why?").header("Location");
        HttpReply read = new KeyedClient(other, alice.key()).get(self + "?wait=20");
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.json().path("answer").path("text").asString()).isEqualTo("You said: why?");
    }

    @Test
    void givesAllInvalidKeysTheSameResponse() {
        String expired = keys.create("alice", Instant.now().minusSeconds(1), Scope.ASK, Scope.READ);
        String revoked = keys.newClient(gateway, "alice", Scope.ASK, Scope.READ).key();
        keys.revoke(revoked);
        await().atMost(SOON)
                .until(() ->
                        gateway.get("/v1/agents", KeyedClient.bearer(revoked)).status() == 401);
        String wrong = alice.key().substring(0, alice.key().length() - 4) + "0000";
        HttpReply unknown = gateway.get("/v1/agents", KeyedClient.bearer(UNKNOWN_KEY));
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.text("code")).isEqualTo("unauthorized");
        assertThat(unknown.text("instance")).isEqualTo("/v1/agents");
        assertThat(unknown.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(unknown.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"turnlane\", error=\"invalid_token\"");
        assertThat(unknown.header("X-Request-Id")).isNotBlank();
        for (String key : new String[] {expired, revoked, wrong, "nonsense", "tl_", "ticket.x", "\""}) {
            HttpReply reply = gateway.get("/v1/agents", KeyedClient.bearer(key));
            assertThat(reply.response().body())
                    .as(key)
                    .isEqualTo(unknown.response().body());
            assertThat(reply.status()).isEqualTo(401);
        }
        HttpReply missing = gateway.get("/v1/agents");
        assertThat(missing.status()).isEqualTo(401);
        assertThat(missing.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"turnlane\"");
        assertThat(gateway.get("/v1/agents", "Authorization", "Basic YTpi").status())
                .isEqualTo(401);
        assertThat(gateway.get("/v1/agents?access_token=" + alice.key()).status())
                .isEqualTo(401);
    }

    @Test
    void revokesAtEveryGatewayWithinTwoSecondsAndEndsOpenConnections() throws Exception {
        KeyedClient eve = keys.newClient(gateway, "eve", Scope.ASK, Scope.READ);
        KeyedClient eveElsewhere = keys.client(other, eve.key());
        String session = freshSession();
        eve.ask(session, "first");
        try (SseClient stream = eve.stream("/v1/sessions/" + session + "/events");
                TestSocket socket = TestSocket.open(other, KeyedClient.bearer(eve.key()))) {
            socket.send("{'type':'ping'}").nextFrame();
            assertThat(stream.status()).isEqualTo(200);
            keys.revoke(eve.key());
            Instant revoked = Instant.now();
            await().atMost(SOON).until(() -> eve.get("/v1/agents").status() == 401);
            await().atMost(SOON).until(() -> eveElsewhere.get("/v1/agents").status() == 401);
            assertThat(socket.closeStatus()).isEqualTo(1008);
            assertThat(stream.remainingEvents()).isNotNull();
            assertThat(Duration.between(revoked, Instant.now())).isLessThan(SOON);
        }
    }

    @Test
    void rejectsAnUploadWhoseKeyIsRevokedWhileItArrives() throws Exception {
        KeyedClient mallory = keys.newClient(gateway, "mallory", Scope.ASK, Scope.READ);
        String body = "{\"question\":\"why?\"}";
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            String head = "POST /v1/sessions/late/requests HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + body.length()
                    + "\r\nAuthorization: Bearer " + mallory.key() + "\r\n\r\n";
            OutputStream out = socket.getOutputStream();
            out.write((head + body.substring(0, 5)).getBytes(StandardCharsets.US_ASCII));
            out.flush();
            keys.revoke(mallory.key());
            await().atMost(SOON).until(() -> mallory.get("/v1/agents").status() == 401);
            out.write(body.substring(5).getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(response).startsWith("HTTP/1.1 401").contains("\"code\":\"unauthorized\"");
            assertThat(response).contains("WWW-Authenticate: Bearer realm=\"turnlane\", error=\"invalid_token\"");
        }
    }

    @Test
    void endsAStreamWhenItsKeyExpires() {
        String session = freshSession();
        keys.newClient(gateway, "frank", Scope.ASK).ask(session, "why?");
        String key = keys.create("frank", Instant.now().plusSeconds(5), Scope.READ);
        KeyedClient frank = keys.client(gateway, key);
        try (SseClient stream = frank.stream("/v1/sessions/" + session + "/events")) {
            assertThat(stream.status()).isEqualTo(200);
            stream.remainingEvents();
        }
        assertThat(frank.get("/v1/agents").status()).isEqualTo(401);
    }

    @Test
    void givesEachUserSessionsOfTheirOwn() {
        KeyedClient bob = keys.newClient(gateway, "bob", Scope.ASK, Scope.READ);
        String session = freshSession();
        HttpReply before = bob.get("/v1/sessions/" + session);
        String self = alice.ask(session, "Alice's question").header("Location");
        assertThat(alice.get(self + "?wait=20").text("status")).isEqualTo("completed");
        HttpReply after = bob.get("/v1/sessions/" + session);
        assertThat(after.status()).isEqualTo(404);
        assertThat(after.response().body()).isEqualTo(before.response().body());
        assertThat(bob.get(self).status()).isEqualTo(404);
        bob.get(bob.ask(session, "Bob's question").header("Location") + "?wait=20");
        assertThat(alice.get("/v1/sessions/" + session + "/turns")
                        .json()
                        .path("turns")
                        .size())
                .isEqualTo(1);
        assertThat(bob.get("/v1/sessions/" + session + "/turns").response().body())
                .contains("Bob's question")
                .doesNotContain("Alice");
    }

    @Test
    void limitsEachKeyToItsScopes() throws Exception {
        KeyedClient reader = keys.newClient(gateway, "alice", Scope.READ);
        KeyedClient asker = keys.newClient(gateway, "alice", Scope.ASK);
        KeyedClient operator = keys.newClient(gateway, "olga", Scope.OPS);
        HttpReply rejected = reader.ask(freshSession(), "?");
        assertThat(rejected.status()).isEqualTo(403);
        assertThat(rejected.text("code")).isEqualTo("forbidden");
        assertThat(rejected.text("instance")).startsWith("/v1/sessions/");
        assertThat(rejected.header("WWW-Authenticate")).contains("insufficient_scope");
        assertThat(asker.ask(freshSession(), "?").status()).isEqualTo(202);
        assertThat(asker.get("/v1/agents").status()).isEqualTo(403);
        for (String path : new String[] {"/v1/quarantine", "/actuator/prometheus", "/api/stats"}) {
            assertThat(alice.get(path).status()).as(path).isEqualTo(403);
            assertThat(operator.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(operator.get("/v1/agents").status()).isEqualTo(403);
        try (TestSocket socket = TestSocket.open(gateway, KeyedClient.bearer(asker.key()))) {
            socket.send("{'type':'subscribe','ref':'1','session_id':'x'}");
            assertThat(socket.nextFrame().path("problem").path("code").asString())
                    .isEqualTo("forbidden");
        }
        try (TestSocket socket = TestSocket.open(gateway, KeyedClient.bearer(reader.key()))) {
            socket.send("{'type':'ask','ref':'1','session_id':'x','question':'?'}");
            assertThat(socket.nextFrame().path("problem").path("code").asString())
                    .isEqualTo("forbidden");
        }
        assertThat(TestSocket.handshakeStatus(gateway, KeyedClient.bearer(operator.key())))
                .isEqualTo(403);
    }

    @Test
    void showsAKeyThatMayNotReadOnlyWhatItAsksItself() throws Exception {
        KeyedClient asker = keys.newClient(gateway, "alice", Scope.ASK);
        String session = freshSession();
        try (TestSocket socket = TestSocket.open(gateway, KeyedClient.bearer(asker.key()))) {
            socket.send("{'type':'ask','session_id':'" + session + "','question':'mine'}");
            assertThat(typesUntilTheEnd(socket, "mine")).endsWith("completed");

            String self = alice.ask(session, "hers").header("Location");
            assertThat(alice.get(self + "?wait=20").text("status")).isEqualTo("completed");
            // Events of a session are delivered in the log's order, so that those of "hers" would come first.
            socket.send("{'type':'ask','session_id':'" + session + "','question':'mine again'}");
            assertThat(typesUntilTheEnd(socket, "mine again")).endsWith("completed");

            HttpReply cancelled = asker.post(self + "/cancel", "{}");
            assertThat(cancelled.status()).as("already ended").isEqualTo(200);
            assertThat(cancelled.text("status")).isEqualTo("completed");
            assertThat(cancelled.response().body()).doesNotContain("hers");
            assertThat(alice.post(self + "/cancel", "{}").text("question")).isEqualTo("hers");
        }
    }

    private static List<String> typesUntilTheEnd(TestSocket socket, String question) throws InterruptedException {
        List<String> types = new ArrayList<>();
        while (!types.contains("completed")) {
            String frame = socket.nextText();
            assertThat(frame).doesNotContain("hers");
            types.add(frame.replaceFirst(".*\"type\":\"(\\w+)\".*", "$1"));
            if (frame.contains("completed")) {
                assertThat(frame).contains("You said: " + question + "\"");
            }
        }
        return types;
    }

    @Test
    void opensOneSocketPerTicketAtAnyGateway() throws Exception {
        HttpReply issued = alice.post("/v1/ws-tickets", "");
        assertThat(issued.status()).isEqualTo(201);
        assertThat(issued.header("Cache-Control")).isEqualTo("no-store");
        assertThat(issued.json().path("expires_in").asDouble()).isEqualTo(30);
        String ticket = "ticket." + issued.text("ticket");
        String session = freshSession();
        alice.get(alice.ask(session, "why?").header("Location") + "?wait=20");
        try (TestSocket socket = TestSocket.open(other, new String[0], ticket)) {
            socket.send("{'type':'subscribe','session_id':'" + session + "'}").send("{'type':'ping'}");
            assertThat(socket.nextFrame().path("type").asString()).isEqualTo("subscribed");
            assertThat(socket.nextFrame().path("type").asString()).isEqualTo("pong");
        }
        assertThat(TestSocket.handshakeStatus(other, new String[0], ticket)).isEqualTo(401);
        assertThat(TestSocket.handshakeStatus(gateway, new String[0], "ticket." + "A".repeat(43)))
                .isEqualTo(401);
        assertThat(TestSocket.handshakeStatus(gateway, new String[0], "ticket.x"))
                .isEqualTo(401);
        assertThat(TestSocket.handshakeStatus(gateway, new String[0])).isEqualTo(401);
        String stored = processor.redis().sync().keys("tl:ticket:*").toString();
        assertThat(stored).doesNotContain(issued.text("ticket"));
    }

    @Test
    void rejectsATicketWhoseKeyIsRevoked() {
        KeyedClient grace = keys.newClient(gateway, "grace", Scope.READ);
        String ticket = "ticket." + grace.post("/v1/ws-tickets", "").text("ticket");
        // A ticket requires the scope ask or read, although it is issued by POST.
        assertThat(ticket).hasSize(50);
        keys.revoke(grace.key());
        await().atMost(SOON).until(() -> grace.get("/v1/agents").status() == 401);
        assertThat(TestSocket.handshakeStatus(gateway, new String[0], ticket)).isEqualTo(401);
    }

    @Test
    void limitsTheConnectionsOfEachUserSeparately() {
        KeyedClient heidi = keys.newClient(gateway, "heidi", Scope.ASK, Scope.READ);
        String session = freshSession();
        heidi.ask(session, "why?");
        String events = "/v1/sessions/" + session + "/events";
        try (SseClient one = heidi.stream(events);
                SseClient two = heidi.stream(events);
                TestSocket three = TestSocket.open(gateway, KeyedClient.bearer(heidi.key()))) {
            assertThat(one.status() + two.status()).isEqualTo(400);
            HttpReply rejected = heidi.get(events);
            assertThat(rejected.status()).isEqualTo(429);
            assertThat(rejected.text("code")).isEqualTo("rate_limited");
            assertThat(rejected.header("Retry-After")).isNotBlank();
            try (TestSocket four = TestSocket.open(gateway, KeyedClient.bearer(heidi.key()))) {
                assertThat(four.closeStatus()).isEqualTo(1013);
            }
            assertThat(alice.get("/v1/agents").status()).isEqualTo(200);
            three.close();
        }
        await().until(() -> {
            try (SseClient again = heidi.stream(events)) {
                return again.status() == 200;
            }
        });
    }

    @Test
    void leavesHealthAndThePagesOpen() {
        for (String path : new String[] {
            "/livez", "/readyz", "/", "/js/main.js", "/openapi.json", "/webjars/marked/lib/marked.esm.js"
        }) {
            assertThat(gateway.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(gateway.get("/actuator/health").status()).isEqualTo(401);
    }

    @Test
    void storesOnlyTheHashOfAKey() {
        String key = keys.create("ivan", Scope.READ);
        String secret = key.substring(key.lastIndexOf('_') + 1);
        ApiKey stored = keys.topic().readAll().stream()
                .filter(one -> one.userId().equals("ivan"))
                .findFirst()
                .orElseThrow();
        assertThat(stored.toString()).doesNotContain(secret);
        assertThat(stored.sha256()).matches("[0-9a-f]{64}");
        assertThat(stored.revoke(Instant.now()).sha256()).isEmpty();
    }
}

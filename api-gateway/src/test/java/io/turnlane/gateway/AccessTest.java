package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.Gateway.Reply;
import io.turnlane.gateway.Keys.Client;
import io.turnlane.model.ApiKey;
import io.turnlane.model.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two gateways that know their callers by API keys. */
@Timeout(60)
class AccessTest {

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final String NOBODY = "tl_000000000000_" + "0".repeat(40);

    private static Gateway gateway;
    private static Gateway other;
    private static TestProcessor processor;
    private static Keys keys;
    private static Client alice;

    @BeforeAll
    static void start() {
        gateway = Gateway.start(Keys.MODE, "turnlane.limits.connections=3");
        // As an environment variable may spell it.
        other = Gateway.start(TestBackends.shared(), gateway.topics(), "turnlane.security.mode=API_KEY");
        processor = new TestProcessor(gateway);
        keys = new Keys(gateway);
        alice = keys.newcomer(gateway, "alice", Scope.ASK, Scope.READ);
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
    void letsInWhoHasAKeyAndAnswersAtAnyGateway() {
        String session = freshSession();
        String self = alice.ask(session, "why?").header("Location");
        Reply read = new Client(other, alice.key()).get(self + "?wait=20");
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.json().path("answer").path("text").asString()).isEqualTo("You said: why?");
    }

    @Test
    void tellsAllWhoAreNotLetInTheSame() {
        String expired = keys.make("alice", Instant.now().minusSeconds(1), Scope.ASK, Scope.READ);
        String revoked = keys.newcomer(gateway, "alice", Scope.ASK, Scope.READ).key();
        keys.revoke(revoked);
        await().atMost(SOON)
                .until(() -> gateway.get("/v1/agents", Client.bearer(revoked)).status() == 401);
        String wrong = alice.key().substring(0, alice.key().length() - 4) + "0000";
        Reply unknown = gateway.get("/v1/agents", Client.bearer(NOBODY));
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.text("code")).isEqualTo("unauthorized");
        assertThat(unknown.text("instance")).isEqualTo("/v1/agents");
        assertThat(unknown.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(unknown.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"turnlane\", error=\"invalid_token\"");
        assertThat(unknown.header("X-Request-Id")).isNotBlank();
        for (String key : new String[] {expired, revoked, wrong, "nonsense", "tl_", "ticket.x", "\""}) {
            Reply reply = gateway.get("/v1/agents", Client.bearer(key));
            assertThat(reply.response().body())
                    .as(key)
                    .isEqualTo(unknown.response().body());
            assertThat(reply.status()).isEqualTo(401);
        }
        Reply missing = gateway.get("/v1/agents");
        assertThat(missing.status()).isEqualTo(401);
        assertThat(missing.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"turnlane\"");
        assertThat(gateway.get("/v1/agents", "Authorization", "Basic YTpi").status())
                .isEqualTo(401);
        assertThat(gateway.get("/v1/agents?access_token=" + alice.key()).status())
                .isEqualTo(401);
    }

    @Test
    void revokesAtEveryGatewayWithinTwoSecondsAndEndsWhatIsOpen() throws Exception {
        Client eve = keys.newcomer(gateway, "eve", Scope.ASK, Scope.READ);
        Client eveElsewhere = keys.client(other, eve.key());
        String session = freshSession();
        eve.ask(session, "first");
        try (Sse stream = eve.stream("/v1/sessions/" + session + "/events");
                TestSocket socket = TestSocket.open(other, Client.bearer(eve.key()))) {
            socket.say("{'type':'ping'}").hear();
            assertThat(stream.status()).isEqualTo(200);
            keys.revoke(eve.key());
            Instant revoked = Instant.now();
            await().atMost(SOON).until(() -> eve.get("/v1/agents").status() == 401);
            await().atMost(SOON).until(() -> eveElsewhere.get("/v1/agents").status() == 401);
            assertThat(socket.closeStatus()).isEqualTo(1008);
            assertThat(stream.rest()).isNotNull();
            assertThat(Duration.between(revoked, Instant.now())).isLessThan(SOON);
        }
    }

    @Test
    void endsAStreamWhenItsKeyExpires() {
        String key = keys.make("frank", Instant.now().plusSeconds(10), Scope.ASK, Scope.READ);
        Client frank = keys.client(gateway, key);
        String session = freshSession();
        frank.ask(session, "why?");
        try (Sse stream = frank.stream("/v1/sessions/" + session + "/events")) {
            assertThat(stream.status()).isEqualTo(200);
            stream.rest();
        }
        assertThat(frank.get("/v1/agents").status()).isEqualTo(401);
    }

    @Test
    void givesEachUserSessionsOfTheirOwn() {
        Client bob = keys.newcomer(gateway, "bob", Scope.ASK, Scope.READ);
        String session = freshSession();
        Reply before = bob.get("/v1/sessions/" + session);
        String self = alice.ask(session, "Alice's question").header("Location");
        assertThat(alice.get(self + "?wait=20").text("status")).isEqualTo("completed");
        Reply after = bob.get("/v1/sessions/" + session);
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
    void holdsEachKeyToItsScopes() throws Exception {
        Client reader = keys.newcomer(gateway, "alice", Scope.READ);
        Client asker = keys.newcomer(gateway, "alice", Scope.ASK);
        Client operator = keys.newcomer(gateway, "olga", Scope.OPS);
        Reply refused = reader.ask(freshSession(), "?");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text("code")).isEqualTo("forbidden");
        assertThat(refused.text("instance")).startsWith("/v1/sessions/");
        assertThat(refused.header("WWW-Authenticate")).contains("insufficient_scope");
        assertThat(asker.ask(freshSession(), "?").status()).isEqualTo(202);
        assertThat(asker.get("/v1/agents").status()).isEqualTo(403);
        for (String path : new String[] {"/v1/quarantine", "/actuator/prometheus", "/api/stats"}) {
            assertThat(alice.get(path).status()).as(path).isEqualTo(403);
            assertThat(operator.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(operator.get("/v1/agents").status()).isEqualTo(403);
        try (TestSocket socket = TestSocket.open(gateway, Client.bearer(asker.key()))) {
            socket.say("{'type':'subscribe','ref':'1','session_id':'x'}");
            assertThat(socket.hear().path("problem").path("code").asString()).isEqualTo("forbidden");
        }
        try (TestSocket socket = TestSocket.open(gateway, Client.bearer(reader.key()))) {
            socket.say("{'type':'ask','ref':'1','session_id':'x','question':'?'}");
            assertThat(socket.hear().path("problem").path("code").asString()).isEqualTo("forbidden");
        }
        assertThat(TestSocket.refused(gateway, Client.bearer(operator.key()))).isEqualTo(403);
    }

    @Test
    void opensOneSocketATicketAtAnyGateway() throws Exception {
        Reply issued = alice.post("/v1/ws-tickets", "");
        assertThat(issued.status()).isEqualTo(201);
        assertThat(issued.header("Cache-Control")).isEqualTo("no-store");
        assertThat(issued.json().path("expires_in").asDouble()).isEqualTo(30);
        String ticket = "ticket." + issued.text("ticket");
        String session = freshSession();
        alice.get(alice.ask(session, "why?").header("Location") + "?wait=20");
        try (TestSocket socket = TestSocket.open(other, new String[0], ticket)) {
            socket.say("{'type':'subscribe','session_id':'" + session + "'}").say("{'type':'ping'}");
            assertThat(socket.hear().path("type").asString()).isEqualTo("subscribed");
            assertThat(socket.hear().path("type").asString()).isEqualTo("pong");
        }
        assertThat(TestSocket.refused(other, new String[0], ticket)).isEqualTo(401);
        assertThat(TestSocket.refused(gateway, new String[0], "ticket." + "A".repeat(43)))
                .isEqualTo(401);
        assertThat(TestSocket.refused(gateway, new String[0], "ticket.x")).isEqualTo(401);
        assertThat(TestSocket.refused(gateway, new String[0])).isEqualTo(401);
        String stored = processor.redis().sync().keys("tl:ticket:*").toString();
        assertThat(stored).doesNotContain(issued.text("ticket"));
    }

    @Test
    void takesATicketBackWithItsKey() {
        Client grace = keys.newcomer(gateway, "grace", Scope.READ);
        String ticket = "ticket." + grace.post("/v1/ws-tickets", "").text("ticket");
        // A reader may not post, but get a ticket it may.
        assertThat(ticket).hasSize(50);
        keys.revoke(grace.key());
        await().atMost(SOON).until(() -> grace.get("/v1/agents").status() == 401);
        assertThat(TestSocket.refused(gateway, new String[0], ticket)).isEqualTo(401);
    }

    @Test
    void boundsTheConnectionsOfOneUserAndOfNobodyElse() {
        Client heidi = keys.newcomer(gateway, "heidi", Scope.ASK, Scope.READ);
        String session = freshSession();
        heidi.ask(session, "why?");
        String events = "/v1/sessions/" + session + "/events";
        try (Sse one = heidi.stream(events);
                Sse two = heidi.stream(events);
                TestSocket three = TestSocket.open(gateway, Client.bearer(heidi.key()))) {
            assertThat(one.status() + two.status()).isEqualTo(400);
            Reply refused = heidi.get(events);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.text("code")).isEqualTo("rate_limited");
            assertThat(refused.header("Retry-After")).isNotBlank();
            try (TestSocket four = TestSocket.open(gateway, Client.bearer(heidi.key()))) {
                assertThat(four.closeStatus()).isEqualTo(1013);
            }
            assertThat(alice.get("/v1/agents").status()).isEqualTo(200);
            three.close();
        }
        await().until(() -> {
            try (Sse again = heidi.stream(events)) {
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
    void storesNoKeyButItsHash() {
        String key = keys.make("ivan", Scope.READ);
        String secret = key.substring(key.lastIndexOf('_') + 1);
        ApiKey stored = keys.topic().all().stream()
                .filter(one -> one.userId().equals("ivan"))
                .findFirst()
                .orElseThrow();
        assertThat(stored.toString()).doesNotContain(secret);
        assertThat(stored.sha256()).matches("[0-9a-f]{64}");
        assertThat(stored.revoke(Instant.now()).sha256()).isEmpty();
    }
}

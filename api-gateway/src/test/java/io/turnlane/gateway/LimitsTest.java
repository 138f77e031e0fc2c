package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestKeys.KeyedClient;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.Scope;
import io.turnlane.store.MemoryKeys;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Limits of one user through two gateways together. */
@Timeout(60)
class LimitsTest {

    private static final String[] LIMITS = {
        TestKeys.MODE,
        "turnlane.limits.requests-per-minute=40",
        "turnlane.limits.catch-ups-per-minute=6",
        "turnlane.limits.open-turns=3",
        "turnlane.limits.connections=2"
    };

    private static TestGateway gateway;
    private static TestGateway other;
    private static TestProcessor processor;
    private static TestKeys keys;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(LIMITS);
        other = TestGateway.start(TestBackends.shared(), gateway.topics(), LIMITS);
        processor = new TestProcessor(gateway).withScript(TestProcessor.MANUAL);
        keys = new TestKeys(gateway);
    }

    @AfterAll
    static void stop() {
        processor.close();
        other.close();
        gateway.close();
    }

    /** Returns a client of a new user, because Redis keeps the counts of earlier tests. */
    private static KeyedClient newUser() {
        String key = keys.create("u-" + UUID.randomUUID(), Scope.ASK, Scope.READ);
        // Wait until both gateways know the key, by calls that do not count towards the limits.
        for (TestGateway one : new TestGateway[] {other, gateway}) {
            await().until(() ->
                    one.get("/actuator/prometheus", KeyedClient.bearer(key)).status() == 403);
        }
        return new KeyedClient(gateway, key);
    }

    private static String freshSession() {
        return "s-" + UUID.randomUUID();
    }

    @Test
    void limitsTheCallsOfAUserThroughAllGatewaysTogether() {
        KeyedClient client = newUser();
        KeyedClient elsewhere = new KeyedClient(other, client.key());
        List<HttpReply> replies = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < 30; i++) {
            replies.add(client.get("/v1/agents"));
            replies.add(elsewhere.get("/v1/agents"));
        }
        double minutes = (System.nanoTime() - start) / 60e9;
        long served = replies.stream().filter(reply -> reply.status() == 200).count();
        assertThat(served).isBetween(40L, 41 + (long) (40 * minutes));
        HttpReply first = replies.getFirst();
        assertThat(first.header("RateLimit-Policy")).isEqualTo("\"requests\";q=40;w=60");
        assertThat(first.header("RateLimit")).isEqualTo("\"requests\";r=39;t=2");
        HttpReply rejected = replies.stream()
                .filter(reply -> reply.status() != 200)
                .findFirst()
                .orElseThrow();
        assertThat(rejected.status()).isEqualTo(429);
        assertThat(rejected.text("code")).isEqualTo("rate_limited");
        assertThat(rejected.header("RateLimit")).startsWith("\"requests\";r=0;t=");
        assertThat(Integer.parseInt(rejected.header("Retry-After"))).isBetween(1, 2);
        assertThat(newUser().get("/v1/agents").status()).as("another user").isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"subscribe", "unsubscribe", "ping"})
    void countsFramesAsCalls(String type) throws Exception {
        KeyedClient client = newUser();
        String answered = type.equals("subscribe") ? "not_found" : "";
        String session = type.equals("ping") ? "" : ",'session_id':'none'";
        try (TestSocket socket = TestSocket.open(gateway, KeyedClient.bearer(client.key()))) {
            for (int i = 0; i < 45; i++) {
                socket.send("{'type':'" + type + "','ref':'" + i + "'" + session + "}");
            }
            List<String> codes = new ArrayList<>();
            for (int i = 0; i < 45; i++) {
                JsonNode problem = socket.nextFrame().path("problem");
                codes.add(problem.path("code").asString());
                if (problem.path("code").asString().equals("rate_limited")) {
                    assertThat(problem.path("retry_after").asInt()).isPositive();
                }
            }
            assertThat(codes.subList(0, 39)).containsOnly(answered);
            assertThat(codes).contains("rate_limited");
        }
    }

    @Test
    void limitsTheQuestionsOfABatchLikeSingleQuestions() {
        KeyedClient client = newUser();
        String items = "{\"question\":\"?\"}" + ",{\"question\":\"?\"}".repeat(4);
        HttpReply batch = client.post("/v1/batches", "{\"items\":[" + items + "]}");
        assertThat(batch.status()).isEqualTo(202);
        assertThat(batch.json().path("counts").path("queued").asInt()).isEqualTo(3);
        assertThat(batch.json().path("counts").path("not_accepted").asInt()).isEqualTo(2);
        assertThat(batch.response().body()).contains("rate_limited");
        HttpReply full = client.post("/v1/batches", "{\"items\":[{\"question\":\"?\"}]}");
        assertThat(full.status()).isEqualTo(429);
        assertThat(full.header("RateLimit"))
                .as("each question counts as a call")
                .matches("\"requests\";r=3[4-7];.*");
        assertThat(newUser().get(batch.header("Location")).status())
                .as("another user")
                .isEqualTo(404);
    }

    @Test
    void limitsTheOpenTurnsOfAUserOverAllSessionsUntilOneEnds() throws Exception {
        KeyedClient client = newUser();
        KeyedClient elsewhere = new KeyedClient(other, client.key());
        assertThat(client.ask(freshSession(), "1").status()).isEqualTo(202);
        assertThat(elsewhere.ask(freshSession(), "2").status()).isEqualTo(202);
        assertThat(client.ask(freshSession(), "3").status()).isEqualTo(202);
        for (KeyedClient full : new KeyedClient[] {client, elsewhere}) {
            HttpReply rejected = full.ask(freshSession(), "4");
            assertThat(rejected.status()).isEqualTo(429);
            assertThat(rejected.text("detail")).contains("3 open turns");
        }
        assertThat(client.post("/ask", "{\"question\":\"4\"}").status()).isEqualTo(429);
        assertThat(ask(client, "/v1/requests", "again", "4").status()).isEqualTo(429);
        ReceivedTurn turn = processor.nextTurn();
        while (turn.ask == null
                || !turn.ask.question().equals("2")
                || !turn.ask.userId().startsWith("u-")) {
            turn = processor.nextTurn();
        }
        turn.answer("done");
        await().until(() -> client.ask(freshSession(), "4").status() == 202);
        assertThat(elsewhere.ask(freshSession(), "5").status()).isEqualTo(429);
    }

    @Test
    void acceptsAPolicyThatMakesRoomAtTheMaximumOfOpenTurns() {
        KeyedClient client = newUser();
        String session = freshSession();
        for (int i = 0; i < 3; i++) {
            assertThat(client.ask(session, "?").status()).isEqualTo(202);
        }
        assertThat(client.ask(session, "?").status()).isEqualTo(429);
        String path = "/v1/sessions/" + session + "/requests";
        assertThat(client.post(path, "{\"question\":\"stop\",\"policy\":\"interrupt\"}")
                        .status())
                .isEqualTo(202);
    }

    @Test
    void countsCommandsAsOpenTurnsOfTheirUser() {
        KeyedClient client = newUser();
        String session = freshSession();
        client.ask(session, "?");
        for (int i = 0; i < 2; i++) {
            assertThat(patch(client, session).status()).isEqualTo(202);
        }
        HttpReply rejected = patch(client, session);
        assertThat(rejected.status()).isEqualTo(429);
        assertThat(rejected.text("code")).isEqualTo("rate_limited");
        assertThat(client.post("/v1/sessions", "{\"metadata\":{\"a\":1}}").status())
                .isEqualTo(429);
        assertThat(client.get("/v1/sessions").json().path("sessions"))
                .as("a rejected call leaves no session behind")
                .hasSize(1);
        assertThat(client.delete("/v1/sessions/" + session).status())
                .as("a deletion at the limit")
                .isEqualTo(202);
    }

    /** A deletion erases its own record and the records of the session's requests. */
    @Test
    void doesNotCountADeletionThatHasEnded() throws Exception {
        KeyedClient client = newUser();
        for (int i = 0; i < 3; i++) {
            String session = freshSession();
            HttpReply asked = client.ask(session, "?");
            assertThat(asked.status()).isEqualTo(202);
            HttpReply deleted = client.delete("/v1/sessions/" + session);
            assertThat(deleted.status()).isEqualTo(202);
            erase(asked.text("request_id"), deleted.text("request_id"));
        }
        assertThat(client.ask(freshSession(), "?").status()).isEqualTo(202);
    }

    /** Erases a session's only question, as the processor does when it carries out the deletion. */
    private static void erase(String asked, String deletion) throws InterruptedException {
        ReceivedTurn turn = processor.nextTurn();
        while (!turn.command.requestId().toString().equals(deletion)) {
            turn = processor.nextTurn();
        }
        MemoryKeys session = new MemoryKeys(turn.command.key());
        String ids = deletion + " " + asked + " ";
        var redis = processor.redis().sync();
        redis.hset(session.tombstone(), "erased", ids.getBytes(StandardCharsets.UTF_8));
        redis.del(session.request(RequestId.parse(asked)), session.request(RequestId.parse(deletion)));
        redis.del(session.requestIds(), session.openRequestIds());
    }

    /** A fork copies the history, so that a short call can store 200 KiB, as much as six large questions. */
    @Test
    void countsTheBytesThatACommandStoresAsCalls() throws Exception {
        KeyedClient client = newUser();
        String session = freshSession();
        String asked = client.ask(session, "?").text("request_id");
        ReceivedTurn turn = processor.nextTurn();
        while (!turn.command.requestId().toString().equals(asked)) {
            turn = processor.nextTurn();
        }
        turn.answer("x".repeat(200 * 1024));
        int before = remaining(client);
        assertThat(client.post("/v1/sessions/" + session + "/fork", "{\"after_request_id\":\"" + asked + "\"}")
                        .status())
                .isEqualTo(202);
        assertThat(before - remaining(client)).isBetween(5, 8);
    }

    private static int remaining(KeyedClient client) {
        String limit = client.get("/v1/agents").header("RateLimit");
        return Integer.parseInt(limit.replaceAll(".*;r=(\\d+);.*", "$1"));
    }

    private static HttpReply patch(KeyedClient client, String session) {
        return gateway.send(gateway.request("/v1/sessions/" + session, KeyedClient.bearer(client.key()))
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString("{\"ttl_seconds\":60}")));
    }

    /** The client did not receive the response to its third question; the retry must not count as a fourth. */
    @ParameterizedTest
    @ValueSource(strings = {"/v1/requests", "/v1/sessions/retried/requests"})
    void findsTheFirstRequestOfARetryAtTheMaximumOfOpenTurns(String path) {
        KeyedClient client = newUser();
        client.ask(freshSession(), "one");
        client.ask(freshSession(), "two");
        HttpReply first = ask(client, path, "key", "3");
        assertThat(first.status()).isEqualTo(202);
        HttpReply again = ask(new KeyedClient(other, client.key()), path, "key", "3");
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.text("request_id")).isEqualTo(first.text("request_id"));
        assertThat(ask(client, path, "key", "another").status()).isEqualTo(422);
        assertThat(ask(client, path, "other-key", "3").status()).isEqualTo(429);
    }

    private static HttpReply ask(KeyedClient client, String path, String key, String question) {
        return client.gateway()
                .post(
                        path,
                        "{\"question\":\"" + question + "\"}",
                        "Authorization",
                        "Bearer " + client.key(),
                        "Idempotency-Key",
                        key);
    }

    @Test
    void limitsTheConnectionsOfAUserThroughAllGatewaysTogether() throws Exception {
        KeyedClient client = newUser();
        KeyedClient elsewhere = new KeyedClient(other, client.key());
        String session = freshSession();
        client.ask(session, "why?");
        String events = "/v1/sessions/" + session + "/events";
        try (SseClient one = client.stream(events);
                TestSocket two = TestSocket.open(other, KeyedClient.bearer(client.key()))) {
            assertThat(one.status()).isEqualTo(200);
            // The handshake is answered before the connection is counted; the frame is read afterwards.
            two.send("{'type':'subscribe','ref':'a','session_id':'none'}").nextFrame();
            assertThat(client.get(events).status()).isEqualTo(429);
            assertThat(elsewhere.get(events).status()).isEqualTo(429);
            assertThat(elsewhere.get("/v1/sessions/" + session).status()).isEqualTo(200);
            two.close();
            await().until(() -> {
                try (SseClient again = elsewhere.stream(events)) {
                    return again.status() == 200;
                }
            });
        }
    }

    /** Routes are matched by the decoded path. Preferences may have any case and occur in any Prefer header. */
    @Test
    void limitsConnectionsHoweverTheCallIsSpelled() {
        KeyedClient client = newUser();
        String session = freshSession();
        client.ask(session, "why?");
        String events = "/v1/sessions/" + session + "/%65vents";
        String asks = "/v1/sessions/" + session + "/requests";
        try (SseClient one = client.stream(events);
                SseClient two = client.stream(events);
                SseClient three = client.stream(events)) {
            assertThat(List.of(one.status(), two.status(), three.status())).containsExactly(200, 200, 429);
            assertConnectionLimit(client, "/%61sk");
            assertConnectionLimit(client, "/%61sk-stream");
            assertConnectionLimit(client, asks, "Prefer", "Wait=5");
            assertConnectionLimit(client, asks, "Prefer", "return=minimal", "Prefer", "wait=5");
        }
    }

    private static void assertConnectionLimit(KeyedClient client, String path, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        System.arraycopy(KeyedClient.bearer(client.key()), 0, all, headers.length, 2);
        HttpReply rejected = client.gateway().post(path, "{\"question\":\"?\"}", all);
        assertThat(rejected.status()).as(path).isEqualTo(429);
        assertThat(rejected.text("detail")).as(path).contains("streams, sockets and waits");
    }

    @Test
    void limitsTheCatchUpsOfAUser() {
        KeyedClient client = newUser();
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String events = i % 2 == 0 ? "/events" : "/%65vents";
            statuses.add(client.get("/v1/sessions/none" + events).status());
        }
        assertThat(statuses).startsWith(404, 404, 404, 404, 404, 404).endsWith(429);
    }
}

package io.turnlane.gateway;

import static io.turnlane.gateway.TwoGateways.ask;
import static io.turnlane.gateway.TwoGateways.freshSession;
import static io.turnlane.gateway.TwoGateways.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.RequestId;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A question with an Idempotency-Key is asked once, however often it is sent and through whichever gateway. */
@Timeout(60)
class IdempotencyTest {

    private static final String REPLAYED = "Idempotency-Replayed";

    private static TwoGateways gateways;

    @BeforeAll
    static void start() {
        gateways = new TwoGateways("turnlane.gateway.asks.max-open=60");
    }

    @AfterAll
    static void stop() {
        gateways.close();
    }

    private final String session = freshSession();

    private HttpReply first(String key, String question) {
        return ask(gateways.first, session, key, question);
    }

    private HttpReply second(String key, String question) {
        return ask(gateways.second, session, key, question);
    }

    @Test
    void createsOneTurnForFiftyConcurrentPostsThroughTwoGateways() throws Exception {
        List<HttpReply> replies = new ArrayList<>();
        CountDownLatch together = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpReply>> posts = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                TestGateway gateway = i % 2 == 0 ? gateways.first : gateways.second;
                posts.add(threads.submit(() -> {
                    together.await();
                    return ask(gateway, session, "k", "?");
                }));
            }
            together.countDown();
            for (Future<HttpReply> post : posts) {
                replies.add(post.get());
            }
        }
        assertThat(replies).extracting(HttpReply::status).containsOnly(202);
        assertThat(replies)
                .extracting(reply -> reply.text("request_id"))
                .containsOnly(replies.getFirst().text("request_id"));
        assertThat(replies).filteredOn(reply -> reply.header(REPLAYED) == null).hasSize(1);
        assertThat(gateways.requestRecords(session)).hasSize(1);
        assertThat(gateways.turnsInLog(session)).containsOnly(replies.getFirst().text("request_id"));
    }

    @Test
    void returnsTheCurrentStateOfTheFirstRequestToARetry() throws Exception {
        HttpReply asked = first("k", "why?");
        assertThat(asked.header(REPLAYED)).isNull();
        ReceivedTurn turn = gateways.nextTurn(session);

        HttpReply waiting = second("k", "why?");
        assertThat(waiting.status()).isEqualTo(202);
        assertThat(waiting.header(REPLAYED)).isEqualTo("true");
        assertThat(waiting.json()).isEqualTo(asked.json());
        assertThat(waiting.header("Location")).isEqualTo(asked.header("Location"));

        turn.answer("Because.");
        HttpReply done = second("k", "why?");
        assertThat(done.status()).isEqualTo(200);
        assertThat(done.header(REPLAYED)).isEqualTo("true");
        assertThat(done.json().path("answer").path("text").asString()).isEqualTo("Because.");
        assertThat(gateways.turnsInLog(session)).as("published once").isEmpty();
    }

    @Test
    void letsARetryWaitForTheFirstRequest() throws Exception {
        first("k", "why?");
        ReceivedTurn turn = gateways.nextTurn(session);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = threads.submit(() -> gateways.second.post(
                    "/v1/sessions/" + session + "/requests",
                    question("why?"),
                    "Idempotency-Key",
                    "k",
                    "Prefer",
                    "wait=30"));
            await().until(() -> gateways.second
                            .bean(io.turnlane.gateway.turns.deliver.EventStreams.class)
                            .clients()
                    > 0);
            turn.answer("Because.");
            assertThat(waiting.get().status()).isEqualTo(200);
            assertThat(waiting.get().text("request_id"))
                    .isEqualTo(turn.command.requestId().toString());
            assertThat(waiting.get().header(REPLAYED)).isEqualTo("true");
        }
    }

    @Test
    void rejectsAnotherQuestionWithTheSameKey() throws Exception {
        String asked = first("k", "why?").text("request_id");
        HttpReply other = second("k", "what?");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.text("code")).isEqualTo("idempotency_conflict");
        assertThat(gateways.turnsInLog(session)).containsExactly(asked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"metadata\":{\"b\":{\"d\":[30],\"c\":\"\u00fc\"},\"a\":1},\"question\":\"?\",\"deadline_seconds\":9}",
                "{\"question\":\"?\",\"metadata\":{\"a\":1.0,\"b\":{\"c\":\"\u00fc\",\"d\":[30]}},\"deadline_seconds\":9}",
                "{\"question\":\"?\",\"metadata\":{\"a\":1e0,\"b\":{\"c\":\"\u00fc\",\"d\":[3e1]}},\"deadline_seconds\":9}",
                "{\"question\":\"?\",\"metadata\":{\"a\":1,\"b\":{\"c\":\"\\u00fc\",\"d\":[30]}},\"deadline_seconds\":0.9e1}"
            })
    void recognisesTheSameQuestionInAnotherForm(String form) {
        String path = "/v1/sessions/" + session + "/requests";
        HttpReply asked = gateways.first.post(
                path,
                "{\"question\":\"?\",\"metadata\":{\"a\":1,\"b\":{\"c\":\"\u00fc\",\"d\":[30]}},\"deadline_seconds\":9.0}",
                "Idempotency-Key",
                "k");
        HttpReply again = gateways.second.post(path, form, "Idempotency-Key", "k");
        assertThat(again.text("request_id")).isEqualTo(asked.text("request_id"));
        HttpReply other =
                gateways.second.post(path, form.replace("30", "31").replace("3e1", "31"), "Idempotency-Key", "k");
        assertThat(other.status()).isEqualTo(422);
    }

    @Test
    void treatsTheSameKeyInAnotherSessionAsAnotherKey() {
        HttpReply here = first("k", "?");
        HttpReply there = ask(gateways.first, freshSession(), "k", "?");
        HttpReply nowhere = gateways.first.post("/v1/requests", question("?"), "Idempotency-Key", session);
        assertThat(List.of(here, there, nowhere))
                .allSatisfy(reply -> assertThat(reply.header(REPLAYED)).isNull())
                .extracting(reply -> reply.text("request_id"))
                .doesNotHaveDuplicates();
    }

    @Test
    void freesAKeyAfterItsRetention() {
        HttpReply asked = first("k", "?");
        String claim = gateways.claims(session).getFirst();
        assertThat(gateways.processor.redis().sync().pttl(claim)).isBetween(86_000_000L, 86_400_000L);
        gateways.processor.redis().sync().pexpire(claim, 1);
        await().until(() -> gateways.claims(session).isEmpty());
        HttpReply later = first("k", "another?");
        assertThat(later.status()).isEqualTo(202);
        assertThat(later.text("request_id")).isNotEqualTo(asked.text("request_id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "tab\there"})
    void rejectsInvalidKeys(String key) {
        HttpReply rejected = first(key, "?");
        assertThat(rejected.status()).isEqualTo(400);
        assertThat(rejected.text("code")).isEqualTo("invalid_request");
    }

    @Test
    void acceptsAKeyOf255CharactersAndNoLongerOne() {
        assertThat(first("~".repeat(255), "?").status()).isEqualTo(202);
        assertThat(first("!".repeat(256), "?").status()).isEqualTo(400);
    }

    @Test
    void storesNeitherKeyNorQuestionInClaims() {
        first("my-secret-key", "my secret question");
        String claim = gateways.claims(session).getFirst();
        assertThat(claim).doesNotContain("secret");
        assertThat(gateways.processor.redis().sync().hvals(claim))
                .extracting(value -> new String(value, StandardCharsets.UTF_8))
                .isNotEmpty()
                .noneMatch(value -> value.contains("secret"));
    }

    @Test
    void claimsNoKeyInAFullSession() {
        for (int i = 0; i < 60; i++) {
            assertThat(gateways.first.ask(session, "?").status()).isEqualTo(202);
        }
        HttpReply full = first("k", "?");
        assertThat(full.status()).isEqualTo(429);
        assertThat(full.text("code")).isEqualTo("session_queue_full");
        assertThat(full.header("Retry-After")).isNotNull();
        assertThat(gateways.claims(session)).isEmpty();
    }

    @Test
    void doesNotRecreateADeletedSessionOnALateRetry() throws Exception {
        HttpReply asked = first("k", "?");
        RequestId erased = RequestId.parse(asked.text("request_id"));
        var redis = gateways.processor.redis().sync();
        var keys = TwoGateways.keys(session);
        String claim = gateways.claims(session).getFirst();
        redis.del(keys.context(), keys.request(erased), keys.openRequestIds(), keys.requestIds());
        redis.hset(
                keys.tombstone(),
                Map.of("at", Long.toString(System.currentTimeMillis()).getBytes(StandardCharsets.UTF_8)));

        for (String published : List.of("1", "0")) {
            redis.hset(claim, "published", published.getBytes(StandardCharsets.UTF_8));
            HttpReply late = second("k", "?");
            assertThat(late.status()).isEqualTo(404);
            assertThat(late.text("request_id")).isEqualTo(erased.toString());
        }
        assertThat(gateways.second.get("/v1/sessions/" + session).status()).isEqualTo(404);
        assertThat(gateways.turnsInLog(session)).containsExactly(erased.toString());
    }

    @Test
    void asksAQuestionWithoutSessionOnce() throws Exception {
        String key = UUID.randomUUID().toString();
        HttpReply asked = gateways.first.post("/v1/requests", question("?"), "Idempotency-Key", key);
        HttpReply again = gateways.second.post("/v1/requests", question("?"), "Idempotency-Key", key);
        assertThat(again.header(REPLAYED)).isEqualTo("true");
        assertThat(again.json()).isEqualTo(asked.json());
        assertThat(gateways.second
                        .post("/v1/requests", question("!"), "Idempotency-Key", key)
                        .status())
                .isEqualTo(422);
        assertThat(gateways.turnsInLog(asked.text("session_id"))).containsExactly(asked.text("request_id"));
    }

    @Test
    void asksOnceInTheShortForm() throws Exception {
        gateways.processor.withScript(turn -> turn.answer("Because."));
        try {
            String key = UUID.randomUUID().toString();
            HttpReply asked = gateways.first.post("/ask", question("why?"), "Idempotency-Key", key);
            HttpReply again = gateways.second.post("/ask", question("why?"), "Idempotency-Key", key);
            assertThat(asked.text("answer")).isEqualTo("Because.");
            assertThat(again.json()).isEqualTo(asked.json());
            assertThat(asked.header(REPLAYED)).isNull();
            assertThat(again.header(REPLAYED)).isEqualTo("true");
            assertThat(streamed(gateways.second, key, asked.text("request_id")))
                    .containsExactly("started", "delta", "completed");
            assertThat(gateways.turnsInLog(asked.text("session_id"))).containsExactly(asked.text("request_id"));
        } finally {
            gateways.processor.withScript(TestProcessor.MANUAL);
        }
    }

    private static List<String> streamed(TestGateway gateway, String key, String requestId) throws Exception {
        var response = gateway.http()
                .send(
                        gateway.request("/ask-stream", "Idempotency-Key", key)
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(question("why?")))
                                .build(),
                        BodyHandlers.ofInputStream());
        try (SseClient stream = new SseClient(response)) {
            assertThat(stream.header("X-Request-Id")).isEqualTo(requestId);
            assertThat(stream.header(REPLAYED)).isEqualTo("true");
            return stream.remainingEvents().stream()
                    .map(SseClient.SseEvent::type)
                    .toList();
        }
    }
}

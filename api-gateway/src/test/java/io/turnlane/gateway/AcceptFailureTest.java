package io.turnlane.gateway;

import static io.turnlane.gateway.TwoGateways.ask;
import static io.turnlane.gateway.TwoGateways.freshSession;
import static io.turnlane.gateway.TwoGateways.keys;
import static io.turnlane.gateway.TwoGateways.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.turns.ask.TurnPublisher.NotPublishedException;
import io.turnlane.model.RequestId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Failures at each step of accepting a question, and the result of the next call with the same Idempotency-Key. */
@Timeout(60)
class AcceptFailureTest {

    private static TwoGateways gateways;

    @BeforeAll
    static void start() {
        gateways = new TwoGateways();
    }

    @AfterAll
    static void stop() {
        gateways.close();
    }

    private final String session = freshSession();

    private HttpReply failing(UnreliablePublisher.PublishFailure failure) {
        gateways.publisher.failNext(failure);
        return ask(gateways.first, session, "k", "?");
    }

    private HttpReply retry() {
        return ask(gateways.second, session, "k", "?");
    }

    @Test
    void losesNothingIfTheGatewayDiesBeforeThePublish() throws Exception {
        failing(UnreliablePublisher.DIES_BEFORE);
        String claimed = gateways.requestRecords(session).getFirst();

        HttpReply retried = retry();
        assertThat(retried.status()).isEqualTo(202);
        assertThat(retried.text("request_id")).isEqualTo(claimed);
        assertThat(retried.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(retry().text("request_id")).isEqualTo(claimed);
        assertThat(gateways.turnsInLog(session))
                .as("published once, then marked")
                .containsExactly(claimed);
    }

    @Test
    void publishesAtMostOneDuplicateIfTheGatewayDiesAfterThePublish() throws Exception {
        failing(UnreliablePublisher.DIES_AFTER);
        String claimed = gateways.requestRecords(session).getFirst();
        assertThat(retry().text("request_id")).isEqualTo(claimed);
        assertThat(gateways.turnsInLog(session)).containsExactly(claimed, claimed);
    }

    @Test
    void doesNotPublishATurnAgainThatAProcessorHasSeen() throws Exception {
        failing(UnreliablePublisher.DIES_AFTER);
        gateways.nextTurn(session).answer("Because.");
        HttpReply retried = retry();
        assertThat(retried.status()).isEqualTo(200);
        assertThat(retried.text("status")).isEqualTo("completed");
        assertThat(gateways.turnsInLog(session)).isEmpty();
    }

    @Test
    void removesAllStateOfARejectedQuestion() throws Exception {
        HttpReply rejected = failing(UnreliablePublisher.REJECTED);
        assertThat(rejected.status()).isEqualTo(503);
        assertThat(rejected.header("Retry-After")).isNotNull();
        assertThat(rejected.json().has("request_id"))
                .as("no request to look up")
                .isFalse();
        assertThat(gateways.second.get("/v1/sessions/" + session).status()).isEqualTo(404);
        assertThat(gateways.claims(session)).isEmpty();

        HttpReply another = ask(gateways.second, session, "k", "another?");
        assertThat(another.status()).as("the key is free").isEqualTo(202);
        assertThat(gateways.turnsInLog(session)).containsExactly(another.text("request_id"));
    }

    @Test
    void resolvesAnUnknownPublishOutcomeOnRetry() throws Exception {
        HttpReply unknown = failing(UnreliablePublisher.LOST);
        assertThat(unknown.status()).isEqualTo(503);
        assertThat(unknown.text("code")).isEqualTo("unavailable");
        assertThat(gateways.requestRecords(session))
                .as("the record of the unpublished turn is removed")
                .isEmpty();
        assertThat(ask(gateways.second, session, "k", "another?").status())
                .as("the key still refers to the first question")
                .isEqualTo(422);

        HttpReply retried = retry();
        assertThat(retried.status()).isEqualTo(202);
        assertThat(retried.text("request_id")).isEqualTo(unknown.text("request_id"));
        assertThat(gateways.turnsInLog(session)).containsExactly(unknown.text("request_id"));
    }

    @Test
    void keepsAPossiblyPublishedTurnIfALaterPublishIsRejected() throws Exception {
        HttpReply unknown = failing(publish -> {
            publish.run();
            throw NotPublishedException.unknown(new IllegalStateException("no answer"));
        });
        assertThat(failing(UnreliablePublisher.REJECTED).text("request_id")).isEqualTo(unknown.text("request_id"));
        assertThat(retry().text("request_id")).isEqualTo(unknown.text("request_id"));
        assertThat(gateways.turnsInLog(session)).containsOnly(unknown.text("request_id"));
    }

    @Test
    void answersIfAProcessorHasTheTurnAlthoughThePublishOutcomeIsUnknown() {
        gateways.processor.withScript(turn -> turn.answer("Because."));
        try {
            HttpReply reply = failing(publish -> {
                publish.run();
                String asked = gateways.requestRecords(session).getFirst();
                await().until(() -> "completed".equals(statusOf(asked)));
                throw NotPublishedException.unknown(new IllegalStateException("no answer"));
            });
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("Idempotency-Replayed")).isNull();
            assertThat(retry().text("request_id")).isEqualTo(reply.text("request_id"));
        } finally {
            gateways.processor.withScript(TestProcessor.MANUAL);
        }
    }

    private String statusOf(String requestId) {
        byte[] status =
                gateways.processor.redis().sync().hget(keys(session).request(RequestId.parse(requestId)), "status");
        return status == null ? "" : new String(status, StandardCharsets.UTF_8);
    }

    @Test
    void doesNotUndoATurnThatAnotherCallPublished() throws Exception {
        HttpReply rejected = failing(_ -> {
            assertThat(retry().status()).isEqualTo(202);
            throw NotPublishedException.rejected(new IllegalStateException("too large"));
        });
        assertThat(rejected.status()).as("the turn is published").isEqualTo(202);
        assertThat(gateways.requestRecords(session)).containsExactly(rejected.text("request_id"));
        assertThat(gateways.turnsInLog(session)).containsExactly(rejected.text("request_id"));
    }

    @Test
    void doesNotUndoATurnThatAnotherCallIsPublishing() throws Exception {
        CountDownLatch publishing = new CountDownLatch(1);
        CountDownLatch rejected = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpReply> slow = threads.submit(() -> failing(publish -> {
                publishing.countDown();
                awaitQuietly(rejected);
                publish.run();
            }));
            publishing.await();
            HttpReply other = failing(UnreliablePublisher.REJECTED);
            rejected.countDown();

            assertThat(other.status()).isEqualTo(503);
            assertThat(slow.get().status()).isEqualTo(202);
            assertThat(gateways.second.get(slow.get().header("Location")).status())
                    .as("the request exists")
                    .isEqualTo(200);
            assertThat(retry().text("request_id")).isEqualTo(slow.get().text("request_id"));
            assertThat(other.text("request_id")).isEqualTo(slow.get().text("request_id"));
            assertThat(gateways.turnsInLog(session)).containsExactly(slow.get().text("request_id"));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void recoversAQuestionWithoutSessionIfTheGatewayDiesBetweenItsTwoScripts() throws Exception {
        String key = UUID.randomUUID().toString();
        gateways.publisher.failNext(publish -> {
            throw new UnreliablePublisher.GatewayDied();
        });
        gateways.first.post("/v1/requests", question("?"), "Idempotency-Key", key);
        // State after the first script only.
        var redis = gateways.processor.redis().sync();
        String accepted = claimedSession(key);
        var keys = keys(accepted);
        String claimed = gateways.requestRecords(accepted).getFirst();
        redis.del(keys.context(), keys.request(RequestId.parse(claimed)), keys.openRequestIds(), keys.requestIds());

        HttpReply retried = gateways.second.post("/v1/requests", question("?"), "Idempotency-Key", key);
        assertThat(retried.status()).isEqualTo(202);
        assertThat(retried.text("session_id")).isEqualTo(accepted);
        assertThat(retried.text("request_id")).isEqualTo(claimed);
        assertThat(gateways.turnsInLog(accepted)).containsExactly(claimed);
    }

    private String claimedSession(String key) throws Exception {
        String digest = java.util.Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(java.security.MessageDigest.getInstance("SHA-256")
                        .digest(key.getBytes(StandardCharsets.US_ASCII)));
        byte[] claimed = gateways.processor
                .redis()
                .sync()
                .hget(io.turnlane.store.MemoryKeys.claimOfUser("-", digest), "session_id");
        return new String(claimed, StandardCharsets.UTF_8);
    }

    @Test
    void removesAllStateOfARejectedQuestionWithoutSession() {
        String key = UUID.randomUUID().toString();
        gateways.publisher.failNext(UnreliablePublisher.REJECTED);
        HttpReply rejected = gateways.first.post("/v1/requests", question("?"), "Idempotency-Key", key);
        assertThat(rejected.status()).isEqualTo(503);
        HttpReply another = gateways.second.post("/v1/requests", question("another?"), "Idempotency-Key", key);
        assertThat(another.status()).isEqualTo(202);
        assertThat(another.text("request_id")).isNotEqualTo(rejected.text("request_id"));
    }

    @Test
    void resolvesAnUnknownPublishOutcomeOfAQuestionWithoutSessionOnRetry() throws Exception {
        String key = UUID.randomUUID().toString();
        gateways.publisher.failNext(UnreliablePublisher.LOST);
        HttpReply unknown = gateways.first.post("/v1/requests", question("?"), "Idempotency-Key", key);
        assertThat(unknown.status()).isEqualTo(503);
        HttpReply retried = gateways.second.post("/v1/requests", question("?"), "Idempotency-Key", key);
        assertThat(retried.text("request_id")).isEqualTo(unknown.text("request_id"));
        assertThat(gateways.turnsInLog(retried.text("session_id"))).containsExactly(unknown.text("request_id"));
    }

    @Test
    void keepsThePositionOfAnOldTurnThatIsStillOpen() {
        var redis = gateways.processor.redis().sync();
        String waiting = gateways.second.ask(session, "waits for long").text("request_id");
        String gone = UUID.randomUUID().toString();
        double longAgo = System.currentTimeMillis() - Duration.ofHours(30).toMillis();
        for (String index :
                List.of(keys(session).openRequestIds(), keys(session).requestIds())) {
            redis.zadd(index, longAgo, waiting.getBytes(StandardCharsets.UTF_8));
            redis.zadd(index, longAgo, gone.getBytes(StandardCharsets.UTF_8));
        }
        HttpReply next = gateways.second.ask(session, "?");
        assertThat(next.json().path("position").asInt()).isEqualTo(1);
        assertThat(gateways.requestRecords(session)).containsExactly(waiting, next.text("request_id"));
    }
}

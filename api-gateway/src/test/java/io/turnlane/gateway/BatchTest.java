package io.turnlane.gateway;

import static io.turnlane.gateway.TwoGateways.freshSession;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.turns.ask.IdempotencyKeys;
import io.turnlane.model.CallbackUrl;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.store.MemoryKeys;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Many questions in one call: each is accepted, answered and fails by itself, and none is asked twice. */
@Timeout(60)
class BatchTest {

    private static TwoGateways gateways;

    @BeforeAll
    static void start() {
        gateways = new TwoGateways(
                "turnlane.gateway.asks.max-open=4",
                "turnlane.gateway.batches.max-questions=9",
                "turnlane.gateway.batches.max-body=10KB",
                "turnlane.webhooks.enabled=true");
    }

    @AfterAll
    static void stop() {
        gateways.close();
    }

    private final String session = freshSession();
    private final String key = UUID.randomUUID().toString();

    private static String item(String question, String session) {
        return "{\"question\":\"" + question + "\",\"session_id\":\"" + session + "\"}";
    }

    private static String body(String... items) {
        return "{\"items\":[" + String.join(",", items) + "]}";
    }

    private static HttpReply ask(TestGateway gateway, String body, String... headers) {
        return gateway.post("/v1/batches", body, headers);
    }

    private HttpReply keyed(TestGateway gateway, String body) {
        return ask(gateway, body, "Idempotency-Key", key);
    }

    private static List<String> texts(HttpReply batch, String field) {
        List<String> texts = new ArrayList<>();
        batch.json().path("items").forEach(item -> texts.add(item.path(field).asString(null)));
        return texts;
    }

    private static String errorOf(HttpReply batch, int index) {
        JsonNode item = batch.json().path("items").path(index);
        return item.path("status").asString() + " "
                + item.path("error").path("code").asString();
    }

    @Test
    void asksEachQuestionInItsNamedSessionOrInOneOfItsOwn() throws Exception {
        String body = body(item("1", session), "{\"question\":\"alone\"}", item("2", session), item("3", session));
        HttpReply batch = ask(gateways.first, body);
        assertThat(batch.status()).isEqualTo(202);
        assertThat(batch.header("Location")).isEqualTo("/v1/batches/" + batch.text("batch_id"));
        assertThat(batch.text("status")).isEqualTo("running");
        assertThat(batch.json().path("counts").path("queued").asInt()).isEqualTo(4);
        List<String> sessions = texts(batch, "session_id");
        assertThat(sessions).element(0).isEqualTo(session);
        assertThat(sessions.get(1)).isNotEqualTo(session);
        List<String> ids = texts(batch, "request_id");
        assertThat(gateways.first.get(texts(batch, "self").get(1)).text("question"))
                .isEqualTo("alone");
        assertThat(gateways.first.get("/v1/batches/" + batch.text("batch_id")).json())
                .as("the request records show the same")
                .isEqualTo(batch.json());
        assertThat(gateways.turnsInLog(session)).containsExactly(ids.get(0), ids.get(2), ids.get(3));
    }

    @Test
    void aQuestionThatIsNotAcceptedDoesNotAffectTheOthers() {
        HttpReply batch = ask(
                gateways.first,
                body(
                        item(" ", session),
                        item("good", session),
                        item("bad id", "no/id"),
                        item("2", session),
                        item("3", session),
                        item("4", session),
                        item("one too many", session),
                        "{\"question\":\"?\",\"agent\":\"UPPER\"}",
                        "{\"question\":\"also good\"}"));
        assertThat(batch.status()).isEqualTo(202);
        assertThat(texts(batch, "status"))
                .containsExactly(
                        "not_accepted",
                        "queued",
                        "not_accepted",
                        "queued",
                        "queued",
                        "queued",
                        "not_accepted",
                        "not_accepted",
                        "queued");
        assertThat(errorOf(batch, 0)).isEqualTo("not_accepted invalid_request");
        assertThat(errorOf(batch, 2)).isEqualTo("not_accepted invalid_request");
        assertThat(errorOf(batch, 6)).isEqualTo("not_accepted session_queue_full");
        assertThat(gateways.requestRecords(session)).hasSize(4);
    }

    @Test
    void collectsAnswersAndErrorsByItem() {
        gateways.processor.withScript(turn -> {
            if (turn.ask.question().equals("fail")) {
                turn.fail(ErrorCode.AGENT_ERROR, "It broke.");
            } else {
                turn.answer("You said: " + turn.ask.question());
            }
        });
        try {
            HttpReply asked = ask(gateways.first, body(item("1", session), item("", session), item("fail", session)));
            String path = asked.header("Location");
            HttpReply ended = gateways.second.get(path + "?wait=30");
            assertThat(ended.text("status")).isEqualTo("ended");
            assertThat(texts(ended, "status")).containsExactly("completed", "not_accepted", "failed");
            assertThat(errorOf(ended, 2)).isEqualTo("failed agent_error");
            HttpReply first = gateways.second.get(path + "/results?limit=2");
            assertThat(first.json().at("/results/0/request/answer/text").asString())
                    .isEqualTo("You said: 1");
            assertThat(first.json().at("/results/1/error/code").asString()).isEqualTo("invalid_request");
            HttpReply rest = gateways.first.get(path + "/results?limit=2&cursor=" + first.text("next"));
            assertThat(rest.json().at("/results/0/index").asInt()).isEqualTo(2);
            assertThat(rest.json().at("/results/0/request/error/message").asString())
                    .isEqualTo("It broke.");
            assertThat(rest.text("next")).isNull();
        } finally {
            gateways.processor.withScript(TestProcessor.MANUAL);
        }
    }

    @Test
    void returnsTheSameBatchForTheSameKeyThroughAnyGateway() throws Exception {
        String body = body(item("1", session), "{\"question\":\"2\"}");
        HttpReply asked = keyed(gateways.first, body);
        HttpReply again = keyed(
                gateways.second,
                "{\"items\":[" + item("1", session) + ",{\"question\":\"2\",\"policy\":\"enqueue\"}]}");
        assertThat(asked.header("Idempotency-Replayed")).isNull();
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.json()).isEqualTo(asked.json());
        assertThat(keyed(gateways.second, body(item("other", session))).text("code"))
                .isEqualTo("idempotency_conflict");
        assertThat(gateways.turnsInLog(session)).hasSize(1);
    }

    @Test
    void asksNoQuestionTwiceIfTheGatewayDiesInTheMiddleAndTheClientRepeatsTheCall() throws Exception {
        String body = body(item("1", session), item("2", session), item("3", session), "{\"question\":\"alone\"}");
        gateways.publisher.failNth(2, UnreliablePublisher.DIES_BEFORE);
        assertThat(keyed(gateways.first, body).status()).isGreaterThanOrEqualTo(500);
        List<String> accepted = gateways.requestRecords(session);
        assertThat(accepted).hasSize(3);

        HttpReply repeated = keyed(gateways.second, body);
        assertThat(repeated.status()).isEqualTo(202);
        assertThat(texts(repeated, "status")).containsOnly("queued");
        assertThat(texts(repeated, "request_id").subList(0, 3)).containsExactlyInAnyOrderElementsOf(accepted);
        assertThat(gateways.requestRecords(session)).isEqualTo(accepted);
        assertThat(new TreeSet<>(gateways.turnsInLog(session))).isEqualTo(new TreeSet<>(accepted));
    }

    @Test
    void completesTheBatchOnARepetitionIfItsLastQuestionWasNotPublished() throws Exception {
        String body = body(item("1", session), item("2", session), item("3", session));
        gateways.publisher.failNth(3, UnreliablePublisher.REJECTED);
        HttpReply failed = keyed(gateways.first, body);
        assertThat(failed.status()).isEqualTo(503);
        assertThat(failed.text("code")).isEqualTo("unavailable");

        HttpReply repeated = keyed(gateways.second, body);
        assertThat(repeated.status()).isEqualTo(202);
        assertThat(texts(repeated, "status")).containsExactly("queued", "queued", "queued");
        assertThat(gateways.turnsInLog(session)).containsExactlyElementsOf(texts(repeated, "request_id"));
    }

    @Test
    void reportsAQuestionThatKafkaRejectsAndAsksTheOthers() throws Exception {
        gateways.publisher.failNth(1, UnreliablePublisher.REJECTED);
        HttpReply batch = keyed(gateways.first, body(item("1", session), item("2", session), item("3", session)));
        assertThat(batch.status()).isEqualTo(202);
        assertThat(texts(batch, "status")).containsExactly("not_accepted", "queued", "queued");
        assertThat(errorOf(batch, 0)).isEqualTo("not_accepted unavailable");
        assertThat(gateways.turnsInLog(session))
                .containsExactlyElementsOf(texts(batch, "request_id").subList(1, 3));
    }

    /** The end of the last question must find the batch, or no webhook would be sent. */
    @Test
    void storesTheBatchBeforeItsLastQuestionIsPublished() {
        RequestId batchId = IdempotencyKeys.batchId("-", key);
        String record = MemoryKeys.batch("-", batchId);
        AtomicReference<Long> storedBefore = new AtomicReference<>();
        gateways.publisher.failNth(2, publish -> {
            storedBefore.set(gateways.processor.redis().sync().hlen(record));
            publish.run();
        });
        HttpReply batch = keyed(gateways.first, body(item("1", session), item("2", session)));
        assertThat(batch.text("batch_id")).isEqualTo(batchId.toString());
        assertThat(storedBefore.get()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void namesTheBatchInTheTurnsOfABatchWithACallback() throws Exception {
        String items = "[" + item("1", session) + "]";
        HttpReply batch =
                ask(gateways.first, "{\"callback_url\":\"https://example.com/hook\",\"items\":" + items + "}");
        String urn =
                CallbackUrl.ofBatch(RequestId.parse(batch.text("batch_id"))).toString();
        assertThat(gateways.nextTurn(session).header("callback-url")).isEqualTo(urn);
        HttpReply forged = gateways.first.post(
                "/v1/sessions/" + session + "/requests", "{\"question\":\"?\",\"callback_url\":\"" + urn + "\"}");
        assertThat(forged.status()).isEqualTo(400);
        assertThat(ask(gateways.first, "{\"callback_url\":\"http://127.0.0.1/\",\"items\":" + items + "}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void failsAsAWholeIfNoQuestionIsAccepted() {
        HttpReply none = keyed(gateways.first, body(item("", session), item("?", "no/id")));
        assertThat(none.status()).isEqualTo(400);
        assertThat(none.text("detail")).startsWith("question must");
        assertThat(keyed(gateways.first, body(item("now a good one", session))).status())
                .as("the key is free")
                .isEqualTo(202);
    }

    @Test
    void limitsTheNumberOfQuestionsAndTheSizeOfTheBody() {
        String[] ten = Collections.nCopies(10, item("?", session)).toArray(String[]::new);
        assertThat(ask(gateways.first, body(ten)).text("code")).isEqualTo("request_too_large");
        assertThat(ask(gateways.first, body(item("x".repeat(11_000), session))).text("code"))
                .isEqualTo("request_too_large");
        for (String bad : List.of("{}", "{\"items\":[]}", "{\"items\":[null]}", "{\"items\":[\"?\"]}")) {
            assertThat(ask(gateways.first, bad).status()).as(bad).isEqualTo(400);
        }
        assertThat(gateways.requestRecords(session)).isEmpty();
    }

    @Test
    void doesNotFindAnUnknownBatch() {
        String path = "/v1/batches/" + UUID.randomUUID();
        assertThat(gateways.first.get(path).status()).isEqualTo(404);
        assertThat(gateways.first.get(path + "/results").status()).isEqualTo(404);
        assertThat(gateways.first.get("/v1/batches/none").status()).isEqualTo(400);
    }
}

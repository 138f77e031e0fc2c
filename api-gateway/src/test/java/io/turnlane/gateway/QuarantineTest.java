package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.QuarantinedTurn.Header;
import io.turnlane.model.QuarantinedTurn.RecordOrigin;
import io.turnlane.model.TurnError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Listing, inspecting and redriving of quarantined turns. */
@Timeout(60)
class QuarantineTest {

    private TestGateway gateway;
    private TestProcessor processor;
    private KafkaProducer<byte[], byte[]> producer;
    private long clock = 1_000_000_000_000L;

    @BeforeEach
    void start() {
        gateway = TestGateway.start();
        processor = new TestProcessor(gateway);
        producer =
                new KafkaProducer<>(gateway.backends().kafka(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterEach
    void stop() {
        producer.close();
        processor.close();
        gateway.close();
    }

    /** Asks a question, lets it fail, and publishes its quarantine record as a processor does. */
    private ReceivedTurn failed(String session, String question) throws Exception {
        processor.withScript(turn -> turn.fail(ErrorCode.AGENT_ERROR, "The agent failed."));
        assertThat(gateway.ask(session, question).status()).isEqualTo(202);
        ReceivedTurn turn = processor.nextTurn();
        quarantine(copyOf(turn));
        processor.withScript(next -> next.answer("You said: " + next.ask.question()));
        return turn;
    }

    private static QuarantinedTurn copyOf(ReceivedTurn turn) {
        List<Header> headers = new ArrayList<>();
        turn.record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
        return new QuarantinedTurn(
                bytes(turn.record.key()),
                turn.record.value(),
                headers,
                TurnError.of(ErrorCode.AGENT_ERROR, "The agent failed."),
                3,
                new RecordOrigin(turn.record.topic(), turn.record.partition(), turn.record.offset()));
    }

    private void quarantine(QuarantinedTurn turn) throws Exception {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(gateway.topics().quarantine(), null, clock++, bytes(turn.id()), turn.value());
        turn.recordHeaders().forEach(header -> record.headers().add(header.name(), header.value()));
        producer.send(record).get();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private JsonNode list(String query) {
        HttpReply reply = gateway.get("/v1/quarantine" + query);
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        return reply.json();
    }

    @Test
    void showsAFailedTurnWithItsErrorAttemptsAndOrigin() throws Exception {
        assertThat(list("").path("turns")).isEmpty();
        ReceivedTurn turn = failed("s-1", "why?");

        JsonNode shown = gateway.get("/v1/quarantine/" + turn.ask.requestId()).json();

        assertThat(shown.path("id").asString()).isEqualTo(turn.ask.requestId().toString());
        assertThat(shown.path("session_id").asString()).isEqualTo("s-1");
        assertThat(shown.path("question").asString()).isEqualTo("why?");
        assertThat(shown.path("error").path("code").asString()).isEqualTo("agent_error");
        assertThat(shown.path("attempts").asInt()).isEqualTo(3);
        assertThat(shown.path("origin").path("offset").asLong()).isEqualTo(turn.record.offset());
        assertThat(shown.path("redrivable").asBoolean()).isTrue();
        assertThat(shown.path("redriven_as").isNull()).isTrue();
        assertThat(shown.has("raw")).isFalse();
        assertThat(list("").path("turns").get(0)).isEqualTo(shown);
        assertThat(gateway.get("/v1/quarantine/" + UUID.randomUUID()).status()).isEqualTo(404);
    }

    @Test
    void listsEveryTurnOnceNewestFirstInPages() throws Exception {
        List<String> newestFirst = new ArrayList<>();
        for (int i = 0; i < 23; i++) {
            QuarantinedTurn turn = unreadable(UUID.randomUUID().toString(), "x".getBytes(StandardCharsets.UTF_8));
            quarantine(turn);
            newestFirst.addFirst(turn.id());
            if (i % 7 == 0) {
                quarantine(turn); // a duplicate
            }
        }
        for (int limit : new int[] {1, 4, 100}) {
            List<String> listed = new ArrayList<>();
            JsonNode page = list("?limit=" + limit);
            while (true) {
                assertThat(page.path("turns").size()).isLessThanOrEqualTo(limit);
                page.path("turns").forEach(turn -> listed.add(turn.path("id").asString()));
                if (page.path("next").isNull()) {
                    break;
                }
                page = list("?limit=" + limit + "&cursor=" + page.path("next").asString());
            }
            assertThat(listed).as("limit " + limit).containsExactlyElementsOf(newestFirst);
        }
        assertThat(gateway.get("/v1/quarantine?cursor=garbage").status()).isEqualTo(400);
        assertThat(gateway.get("/v1/quarantine?limit=0").status()).isEqualTo(400);
    }

    @Test
    void redrivesOnceUnderANewId() throws Exception {
        ReceivedTurn turn = failed("s-2", "again?");
        String redrive = "/v1/quarantine/" + turn.ask.requestId() + "/redrive";

        HttpReply first = gateway.post(redrive, "");
        assertThat(first.status()).as(first.response().body()).isEqualTo(202);
        String newId = first.text("request_id");
        assertThat(newId).isNotEqualTo(turn.ask.requestId().toString());
        assertThat(first.text("redrive_of")).isEqualTo(turn.ask.requestId().toString());
        ReceivedTurn again = processor.nextTurn();
        assertThat(again.ask.requestId()).hasToString(newId);
        assertThat(again.ask.redriveOf()).isEqualTo(turn.ask.requestId());
        assertThat(again.ask.question()).isEqualTo("again?");

        HttpReply ended = gateway.get(first.header("Location") + "?wait=20");
        assertThat(ended.text("status")).isEqualTo("completed");
        assertThat(ended.text("redrive_of")).isEqualTo(turn.ask.requestId().toString());

        HttpReply second = gateway.post(redrive, "");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.text("request_id")).isEqualTo(newId);
        assertThat(gateway.get("/v1/quarantine/" + turn.ask.requestId()).text("redriven_as"))
                .isEqualTo(newId);

        HttpReply once = gateway.post(redrive + "?again=true", "");
        assertThat(once.status()).isEqualTo(202);
        assertThat(once.text("request_id")).isNotEqualTo(newId);
        assertThat(gateway.get("/v1/quarantine/" + turn.ask.requestId()).text("redriven_as"))
                .isEqualTo(once.text("request_id"));
    }

    @Test
    void redrivesATurnWithItsPriority() throws Exception {
        for (String priority : List.of("high", "low")) {
            processor.withScript(turn -> turn.fail(ErrorCode.AGENT_ERROR, "The agent failed."));
            HttpReply asked = gateway.post(
                    "/v1/sessions/s-" + priority + "/requests",
                    "{\"question\":\"now?\",\"priority\":\"%s\"}".formatted(priority));
            assertThat(asked.status()).isEqualTo(202);
            quarantine(copyOf(processor.nextTurn()));

            assertThat(gateway.post("/v1/quarantine/" + asked.text("request_id") + "/redrive", "")
                            .status())
                    .isEqualTo(202);
            ReceivedTurn again = processor.nextTurn();
            assertThat(again.ask.redriveOf()).hasToString(asked.text("request_id"));
            assertThat(again.ask.priority().wire()).isEqualTo(priority);
            assertThat(again.record.headers().lastHeader("priority").value()).isEqualTo(bytes(priority));
        }
    }

    @Test
    void redrivesOnceOnConcurrentCalls() throws Exception {
        ReceivedTurn turn = failed("s-3", "all at once?");
        try (ExecutorService operators = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<String> redrive = () -> gateway.post("/v1/quarantine/" + turn.ask.requestId() + "/redrive", "")
                    .text("request_id");
            List<String> ids = new ArrayList<>();
            for (Future<String> reply : operators.invokeAll(java.util.Collections.nCopies(20, redrive))) {
                ids.add(reply.get());
            }
            assertThat(ids).doesNotContainNull();
            assertThat(ids.stream().distinct()).hasSize(1);
        }
    }

    @Test
    void showsAnUnreadableRecordAndRejectsItsRedrive() throws Exception {
        byte[] nonsense = new byte[100_000];
        java.util.Arrays.fill(nonsense, (byte) 0xff);
        QuarantinedTurn turn = new QuarantinedTurn(
                null,
                nonsense,
                List.of(new Header("colour", bytes("blue"))),
                TurnError.of(ErrorCode.UNREADABLE_RECORD, "no key or no value"),
                0,
                new RecordOrigin(gateway.topics().turns(), 2, 17));
        quarantine(turn);

        JsonNode shown = gateway.get("/v1/quarantine/2-17").json();
        assertThat(shown.path("request_id").isNull()).isTrue();
        assertThat(shown.path("redrivable").asBoolean()).isFalse();
        assertThat(shown.path("raw").path("bytes").asInt()).isEqualTo(100_000);
        assertThat(shown.path("raw").path("headers").path("colour").asString()).isEqualTo("blue");
        assertThat(Base64.getDecoder().decode(shown.path("raw").path("value").asString()))
                .hasSize(64 * 1024)
                .containsOnly(0xff);

        HttpReply rejected = gateway.post("/v1/quarantine/2-17/redrive", "");
        assertThat(rejected.status()).isEqualTo(422);
        assertThat(rejected.text("code")).isEqualTo("unreadable_record");
    }

    private QuarantinedTurn unreadable(String requestId, byte[] value) {
        return new QuarantinedTurn(
                bytes("-:s"),
                value,
                List.of(new Header("request-id", bytes(requestId))),
                TurnError.of(ErrorCode.UNREADABLE_RECORD, "not a readable Ask"),
                0,
                new RecordOrigin(gateway.topics().turns(), 0, 1));
    }
}

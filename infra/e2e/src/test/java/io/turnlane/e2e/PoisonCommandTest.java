package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.backends.TestBackends;
import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionState;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Records on the turns topic that no gateway would have published, as an older version or another program may do. */
@Timeout(120)
class PoisonCommandTest {

    private static final Instant CREATED = Instant.parse("2026-11-21T06:00:00Z");
    private static final WireFormat WIRE = new WireFormat();

    /** Values of an import, each with a replacement that is out of range or not JSON. */
    private static final Map<String, String> POISON = Map.of(
            "\"created_at\":\"2026-11-21T06:00:00.000Z\",\"request_count\"",
            "\"created_at\":\"+1000000000-12-31T23:59:59Z\",\"request_count\"",
            "\"processing_time\":0.5",
            "\"processing_time\":1e18",
            "\"total_processing_time\":7.0",
            "\"total_processing_time\":1e400",
            "\"timestamp\":\"2026-11-21T06:00:00.000Z\"",
            "\"timestamp\":\"-999999999-01-01T00:00:00Z\"",
            "\"ttl\":3600.0",
            "\"ttl\":1e18",
            "\"request_count\":12",
            "\"request_count\":9223372036854775808",
            "\"metadata\":{}",
            "\"metadata\":" + "{\"a\":".repeat(600) + "1" + "}".repeat(600),
            "\"confidence\":0.25",
            "\"confidence\":NaN");

    @Test
    void commandsThatCannotBeProcessedEndInQuarantineAndBlockNothing() throws Exception {
        try (RunningTurnlane turnlane = RunningTurnlane.start(
                        1, "--turnlane.processor.retry.first=50ms", "--turnlane.agents.default=echo");
                Client client = new Client(turnlane.address())) {
            String session = "poisoned-" + UUID.randomUUID();
            ClientReply before = client.askAndWait(session, "before", Map.of());
            assertThat(before.text("status")).isEqualTo("completed");

            publishPoison(turnlane.topics().turns(), new SessionId(session));

            ClientReply deletion = client.delete("/v1/sessions/" + session);
            assertThat(deletion.status()).isEqualTo(202);
            Eventually.holds(() ->
                    assertThat(client.get("/v1/sessions/" + session).status()).isEqualTo(404));
            assertThat(client.get("/v1/quarantine?limit=100").list("turns"))
                    .hasSize(POISON.size())
                    .allSatisfy(turn ->
                            assertThat(turn.get("error")).asString().containsAnyOf("unreadable_record", "poison"));
            assertThat(client.askAndWait("other", "and now?", Map.of()).text("status"))
                    .isEqualTo("completed");
            assertThat(client.get("/readyz").status()).isEqualTo(200);
            Eventually.holds(() -> assertThat(client.get("/api/stats").raw().body())
                    .contains("\"lag\":0")
                    .contains("\"open_turns\":0"));
        }
    }

    private static void publishPoison(String topic, SessionId session) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                TestBackends.shared().kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Map.Entry<String, String> poison : POISON.entrySet()) {
                ImportSession valid = importInto(session);
                String value = new String(WIRE.write(valid), StandardCharsets.UTF_8);
                assertThat(value).contains(poison.getKey());
                publish(
                        producer,
                        topic,
                        valid.requestId(),
                        session,
                        ImportSession.TYPE,
                        value.replace(poison.getKey(), poison.getValue()));
                ForkSession fork = new ForkSession(id(), session, null, CREATED, valid.requestId(), SessionId.random());
                publish(
                        producer,
                        topic,
                        fork.requestId(),
                        session,
                        ForkSession.TYPE,
                        new String(WIRE.write(fork), StandardCharsets.UTF_8));
            }
        }
    }

    private static void publish(
            KafkaProducer<byte[], byte[]> producer,
            String topic,
            RequestId id,
            SessionId session,
            String type,
            String value)
            throws Exception {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, bytes("-:" + session), bytes(value));
        record.headers().add(RecordHeaders.TYPE, bytes(type));
        record.headers().add(RecordHeaders.REQUEST_ID, bytes(id.toString()));
        record.headers().add(RecordHeaders.SCHEMA_VERSION, bytes(WireFormat.SCHEMA_VERSION));
        producer.send(record).get();
    }

    private static ImportSession importInto(SessionId session) {
        PastTurn turn = new PastTurn(
                id(), RequestStatus.COMPLETED, "why?", "because", 0.25, List.of(), Duration.ofMillis(500), CREATED);
        SessionState state = new SessionState(
                "echo", Map.of(), Duration.ofHours(1), CREATED, 12, Duration.ofSeconds(7), List.of(turn));
        return new ImportSession(id(), session, null, CREATED, state, null);
    }

    private static RequestId id() {
        return new RequestId(UUID.randomUUID());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

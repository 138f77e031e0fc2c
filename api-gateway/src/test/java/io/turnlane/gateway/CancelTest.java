package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.EndCause;
import io.turnlane.model.Priority;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.TurnPolicy;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cancelling a request, and questions in a busy session, at the gateway. */
@Timeout(60)
class CancelTest {

    private static TestGateway gateway;
    private static TestProcessor processor;

    private final String session = "s-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
        processor = new TestProcessor(gateway).withScript(TestProcessor.MANUAL);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    @Test
    void rejectsCancellingAnUpdateOfASession() {
        String path = "/v1/sessions/" + gateway.post("/v1/sessions", "{}").text("session_id");
        HttpReply change = gateway.patch(path, "{\"metadata\":{\"a\":1}}");

        assertThat(gateway.post(change.header("Location") + "/cancel", "{}").status())
                .isEqualTo(400);
    }

    @Test
    void marksTheRequestAndNotifiesTheOwner() throws Exception {
        HttpReply asked = gateway.ask(session, "?");
        String self = asked.header("Location");
        assertThat(asked.json().path("links").path("cancel").asString()).isEqualTo(self + "/cancel");
        ReceivedTurn turn = nextTurn();

        HttpReply cancelled = gateway.post(self + "/cancel", "{\"reason\":\"typed too fast\"}");
        assertThat(cancelled.status()).isEqualTo(202);
        assertThat(cancelled.json().path("cancel_requested").asBoolean()).isTrue();
        assertThat(cancelled.text("status")).isEqualTo("queued");
        assertThat(gateway.send(gateway.request(self + "/cancel")
                                .POST(java.net.http.HttpRequest.BodyPublishers.noBody()))
                        .status())
                .as("repeated without a body")
                .isEqualTo(202);
        assertThat(wakeUps()).hasSize(2).allSatisfy(record -> {
            assertThat(record.key()).isEqualTo(turn.ask.key().toString());
            assertThat(record.value()).contains(turn.ask.requestId().toString());
        });
        assertThat(field(turn, "cancel_reason")).isEqualTo("typed too fast");
    }

    @Test
    void appendsACancelToThePartitionOfItsQuestionOnce() throws Exception {
        String self = gateway.ask(session, "?").header("Location");
        ReceivedTurn asked = nextTurn();
        gateway.post(self + "/cancel", "{\"reason\":\"typed too fast\"}");
        gateway.post(self + "/cancel", "{}");
        gateway.ask(session, "later");

        ReceivedTurn logged = processor.nextTurn();
        assertThat(logged.record.partition()).isEqualTo(asked.record.partition());
        assertThat(logged.command).isInstanceOfSatisfying(CancelTurn.class, cancel -> {
            assertThat(cancel.cancels()).isEqualTo(asked.ask.requestId());
            assertThat(cancel.reason()).isEqualTo("typed too fast");
        });
        assertThat(processor.nextTurn().ask.question()).isEqualTo("later");
    }

    @Test
    void returnsTheRequestIfItHasEnded() throws Exception {
        String self = gateway.ask(session, "?").header("Location");
        nextTurn().complete("So.");
        assertThat(gateway.get(self + "?wait=20").text("status")).isEqualTo("completed");
        HttpReply late = gateway.post(self + "/cancel", "{}");
        assertThat(late.status()).isEqualTo(200);
        assertThat(late.text("status")).isEqualTo("completed");
        assertThat(late.json().path("cancel_requested").asBoolean()).isFalse();
    }

    @Test
    void rejectsUnknownRequestsAndInvalidBodies() {
        String unknown = "/v1/sessions/" + session + "/requests/0192f1de-7a3c-7000-8000-000000000001/cancel";
        assertThat(gateway.post(unknown, "{}").status()).isEqualTo(404);
        assertThat(gateway.post(unknown, "{\"reason\":\"" + "x".repeat(201) + "\"}")
                        .status())
                .isEqualTo(400);
        assertThat(gateway.post(unknown, "{\"why\":\"?\"}").status()).isEqualTo(400);
    }

    @Test
    void reportsTheReasonOfAnEndWithoutAnAnswer() throws Exception {
        String self = gateway.ask(session, "?").header("Location");
        ReceivedTurn turn = nextTurn();
        turn.storeTerminalStatus(RequestStatus.CANCELLED, "enough", null);
        turn.emit(0, 0, new TurnEvent.Cancelled(new EndCause("enough", null)));
        assertThat(gateway.get(self + "?wait=20").text("reason")).isEqualTo("enough");
        try (SseClient stream = gateway.stream(self + "/events")) {
            SseClient.SseEvent event = stream.next();
            assertThat(event.type()).isEqualTo("cancelled");
            assertThat(event.json().path("reason").asString()).isEqualTo("enough");
        }
    }

    @Test
    void estimatesTheWaitForASlotAsRejectionsDo() throws Exception {
        // 1 slot is taken, 35 sessions are ready, 7 records are unread, and each turn takes 2 s: 84 s; then 54 s.
        processor.publishStatistics(AskTest.withSlots("p-slots", new SlotStatistics(1, 0, 35, Duration.ofSeconds(2))));
        try {
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                HttpReply rejected = gateway.ask(SessionId.random().toString(), "?");
                assertThat(rejected.text("code")).isEqualTo("overloaded");
                assertThat(rejected.text("detail")).containsPattern("would wait about [6-9]\\d s");
            });
            processor.publishStatistics(
                    AskTest.withSlots("p-slots", new SlotStatistics(1, 0, 20, Duration.ofSeconds(2))));
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                HttpReply accepted = gateway.ask(SessionId.random().toString(), "?");
                assertThat(accepted.status()).isEqualTo(202);
                assertThat(accepted.json().path("position").asInt()).isZero();
                assertThat(accepted.json().path("estimated_wait").asDouble()).isBetween(45.0, 60.0);
                assertThat(gateway.get(accepted.header("Location"))
                                .json()
                                .path("estimated_wait")
                                .asDouble())
                        .isBetween(45.0, 60.0);
            });
        } finally {
            removeStatistics("p-slots");
        }
    }

    @Test
    void publishesPolicyPriorityAndDeadline() throws Exception {
        gateway.post(
                "/v1/sessions/" + session + "/requests",
                "{\"question\":\"?\",\"policy\":\"coalesce\",\"priority\":\"low\",\"deadline_seconds\":60}");
        ReceivedTurn turn = nextTurn();
        assertThat(turn.header("policy")).isEqualTo("coalesce");
        assertThat(turn.header("priority")).isEqualTo("low");
        assertThat(turn.header("deadline"))
                .isEqualTo(Long.toString(turn.ask.createdAt().plusSeconds(60).toEpochMilli()));
        assertThat(turn.ask.policy()).isEqualTo(TurnPolicy.COALESCE);
        assertThat(turn.ask.priority()).isEqualTo(Priority.LOW);
    }

    @Test
    void estimatesTheWaitIfTheRunTimeIsKnown() {
        assertThat(gateway.ask(session, "first").json().has("estimated_wait")).isFalse();
        processor.publishStatistics(new ProcessorStatistics(
                "p-estimate",
                "http://127.0.0.1:1",
                Instant.now(),
                ProcessorState.RUNNING,
                List.of(new AgentDescription("retrieval", "", List.of())),
                List.of(),
                0,
                0,
                0,
                1,
                0,
                Duration.ZERO,
                0,
                0,
                0,
                new ProcessorStatistics.CacheStatistics(0, 1, 0, 0),
                "",
                Duration.ZERO,
                null,
                Map.of("retrieval", Duration.ofSeconds(3)),
                Duration.ZERO,
                0L,
                List.of(),
                Duration.ZERO));
        try {
            String second = gateway.ask(session, "second").header("Location");
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                HttpReply polled = gateway.get(second);
                assertThat(polled.json().path("position").asInt()).isEqualTo(1);
                assertThat(polled.json().path("estimated_wait").asDouble()).isEqualTo(3.0);
            });
            assertThat(gateway.ask(session, "third")
                            .json()
                            .path("estimated_wait")
                            .asDouble())
                    .isEqualTo(6.0);
        } finally {
            removeStatistics("p-estimate");
        }
    }

    @Test
    void answers409ToAClientThatWaitsForARejectedTurn() throws Exception {
        Thread rejecting = Thread.ofVirtual().start(() -> {
            try {
                ReceivedTurn turn = nextTurn();
                turn.storeTerminalStatus(
                        RequestStatus.REJECTED,
                        "session_busy",
                        turn.ask.requestId().toString());
                turn.emit(0, 0, new TurnEvent.Rejected(new EndCause("session_busy", turn.ask.requestId())));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        HttpReply busy =
                gateway.post("/ask", "{\"question\":\"?\",\"session_id\":\"" + session + "\",\"policy\":\"reject\"}");
        rejecting.join();
        assertThat(busy.status()).isEqualTo(409);
        assertThat(busy.text("code")).isEqualTo("session_busy");
        assertThat(busy.text("request_id")).isNotNull();
    }

    @Test
    void rejectsTheSameKeyWithAnotherPolicy() {
        String ask = "/v1/sessions/" + session + "/requests";
        String[] key = {"Idempotency-Key", "k-" + session};
        assertThat(gateway.post(ask, "{\"question\":\"?\"}", key).status()).isEqualTo(202);
        assertThat(gateway.post(ask, "{\"question\":\"?\",\"policy\":\"enqueue\",\"priority\":\"normal\"}", key)
                        .status())
                .isEqualTo(202);
        assertThat(gateway.post(ask, "{\"question\":\"?\",\"policy\":\"interrupt\"}", key)
                        .status())
                .isEqualTo(422);
    }

    /**
     * Removes the statistics and waits until the gateway no longer uses them, so that they do not affect other tests.
     */
    private static void removeStatistics(String id) {
        processor.removeStatistics(id);
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            HttpReply accepted = gateway.ask(SessionId.random().toString(), "?");
            assertThat(accepted.status()).isEqualTo(202);
            assertThat(accepted.json().has("estimated_wait")).isFalse();
        });
    }

    private ReceivedTurn nextTurn() throws InterruptedException {
        ReceivedTurn turn = processor.nextTurn();
        while (turn.ask == null || !turn.ask.sessionId().value().equals(session)) {
            turn = processor.nextTurn();
        }
        return turn;
    }

    private static String field(ReceivedTurn turn, String name) {
        byte[] value =
                processor.redis().sync().hget(new MemoryKeys(turn.ask.key()).request(turn.ask.requestId()), name);
        return new String(value, StandardCharsets.UTF_8);
    }

    private List<ConsumerRecord<String, String>> wakeUps() {
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(gateway.backends().kafka(), new StringDeserializer(), new StringDeserializer())) {
            TopicPartition control = new TopicPartition(gateway.topics().control(), 0);
            consumer.assign(List.of(control));
            consumer.seekToBeginning(List.of(control));
            long end = consumer.endOffsets(List.of(control)).get(control);
            List<ConsumerRecord<String, String>> ofSession = new java.util.ArrayList<>();
            while (consumer.position(control) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.key().endsWith(":" + session)) {
                        ofSession.add(record);
                    }
                }
            }
            return ofSession;
        }
    }
}

package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.CacheStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class AskTest {

    private static TestGateway gateway;
    private static TestProcessor processor;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("turnlane.gateway.asks.max-open=5", "turnlane.webhooks.enabled=true");
        processor = new TestProcessor(gateway);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    @BeforeEach
    void answering() {
        processor.withScript(turn -> turn.answer("You said: " + turn.ask.question()));
    }

    private static ReceivedTurn turnOf(String requestId) throws InterruptedException {
        ReceivedTurn turn = processor.nextTurn();
        while (!turn.command.requestId().toString().equals(requestId)) {
            turn = processor.nextTurn();
        }
        return turn;
    }

    @Test
    void acceptsAQuestionAndAnswersByStreamAndByPoll() {
        HttpReply accepted = gateway.ask("s-1", "why?");
        assertThat(accepted.status()).as(accepted.response().body()).isEqualTo(202);
        assertThat(accepted.text("status")).isEqualTo("queued");
        String self = accepted.header("Location");
        assertThat(self).isEqualTo("/v1/sessions/s-1/requests/" + accepted.text("request_id"));
        assertThat(accepted.header("X-Request-Id")).isEqualTo(accepted.text("request_id"));
        assertThat(gateway.get("/v1/sessions/s-1").status())
                .as("the session exists at once")
                .isEqualTo(200);

        List<SseClient.SseEvent> events = gateway.stream(self + "/events").remainingEvents();
        assertThat(events).extracting(SseClient.SseEvent::type).containsExactly("started", "delta", "completed");

        HttpReply polled = gateway.get(self);
        assertThat(polled.text("status")).isEqualTo("completed");
        assertThat(polled.json().path("answer").path("text").asString()).isEqualTo("You said: why?");
        assertThat(polled.json().path("processing_time").asDouble()).isPositive();
        assertThat(polled.text("processing_stage")).isEqualTo("completed");
    }

    @Test
    void publishesEverythingThatAProcessorNeeds() throws Exception {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        HttpReply accepted = gateway.post(
                "/v1/sessions/s-log/requests",
                "{\"question\":\"?\",\"agent\":\"echo\",\"metadata\":{\"delay_ms\":5}}",
                "traceparent",
                trace);
        ReceivedTurn turn = turnOf(accepted.text("request_id"));
        assertThat(turn.record.key()).isEqualTo("-:s-log");
        assertThat(turn.header("type")).isEqualTo("ask");
        assertThat(turn.header("schema-version")).isEqualTo("1.0");
        assertThat(turn.header("traceparent")).isEqualTo(trace);
        assertThat(Long.parseLong(turn.header("events-from"))).isNotNegative();
        assertThat(turn.header("ce_id")).isEqualTo(accepted.text("request_id"));
        assertThat(turn.header("ce_specversion")).isEqualTo("1.0");
        assertThat(turn.ask.agent()).isEqualTo("echo");
        assertThat(turn.ask.metadata()).containsEntry("delay_ms", 5);
        assertThat(turn.ask.sessionTtl()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void publishesTheCallbackOfAQuestion() throws Exception {
        HttpReply accepted = gateway.post(
                "/v1/sessions/s-hook/requests", "{\"question\":\"?\",\"callback_url\":\"https://example.com/hook\"}");
        ReceivedTurn turn = turnOf(accepted.text("request_id"));
        assertThat(turn.header("callback-url")).isEqualTo("https://example.com/hook");
        assertThat(turn.ask.callbackUrl()).hasToString("https://example.com/hook");
    }

    @Test
    void rejectsInvalidAndPrivateCallbacks() {
        for (String url :
                List.of("", "hook", "ftp://example.com", "http://127.0.0.1/", "https://[::1]/", "http://10.0.0.1")) {
            HttpReply rejected = gateway.post(
                    "/v1/sessions/s-hook/requests", "{\"question\":\"?\",\"callback_url\":\"" + url + "\"}");
            assertThat(rejected.status()).as(url).isEqualTo(400);
            assertThat(rejected.text("detail")).startsWith("a callback_url").doesNotContain("hook", "127.0");
        }
    }

    @Test
    void ignoresAnInvalidTraceContext() throws Exception {
        HttpReply accepted = gateway.post("/v1/requests", "{\"question\":\"?\"}", "traceparent", "00-0-0-00");
        assertThat(turnOf(accepted.text("request_id")).header("traceparent")).isNull();
    }

    @Test
    void asksInANewAnonymousSessionWithAShorterLifetime() throws Exception {
        HttpReply accepted = gateway.post("/v1/requests", "{\"question\":\"?\"}");
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(turnOf(accepted.text("request_id")).ask.sessionTtl()).isEqualTo(Duration.ofMinutes(15));
        HttpReply session = gateway.get("/v1/sessions/" + accepted.text("session_id"));
        assertThat(session.json().path("ttl_seconds").asLong()).isEqualTo(900);
        assertThat(session.text("agent")).isEqualTo("retrieval");
    }

    @Test
    void waitsForTheEndIfTheClientPrefersTo() {
        HttpReply done = gateway.post("/v1/sessions/s-wait/requests", "{\"question\":\"?\"}", "Prefer", "wait=30");
        assertThat(done.status()).isEqualTo(200);
        assertThat(done.text("status")).isEqualTo("completed");
        assertThat(done.header("Preference-Applied")).isEqualTo("wait=30");
    }

    @Test
    void answers202IfTheTurnDoesNotEndInTime() {
        processor.withScript(TestProcessor.MANUAL);
        HttpReply queued =
                gateway.post("/v1/sessions/s-late/requests", "{\"question\":\"?\"}", "Prefer", "respond-async, wait=1");
        assertThat(queued.status()).isEqualTo(202);
        assertThat(queued.header("Preference-Applied")).isEqualTo("wait=1");
        HttpReply polled = gateway.get(queued.header("Location") + "?wait=1");
        assertThat(polled.status()).isEqualTo(200);
        assertThat(polled.text("status")).isEqualTo("queued");
    }

    @Test
    void endsALongPollWhenTheTurnEnds() throws Exception {
        processor.withScript(TestProcessor.MANUAL);
        HttpReply queued = gateway.ask("s-poll", "?");
        ReceivedTurn turn = turnOf(queued.text("request_id"));
        Thread answering = Thread.startVirtualThread(() -> turn.fail(ErrorCode.AGENT_ERROR, "it broke"));
        HttpReply polled = gateway.get(queued.header("Location") + "?wait=60");
        answering.join();
        assertThat(polled.text("status")).isEqualTo("failed");
        assertThat(polled.json().path("error").path("code").asString()).isEqualTo("agent_error");
    }

    @Test
    void rejectsMoreThanTheMaximumOfOpenTurnsOfASession() {
        processor.withScript(TestProcessor.MANUAL);
        for (int i = 0; i < 5; i++) {
            assertThat(gateway.ask("s-full", "?").json().path("position").asInt())
                    .isEqualTo(i);
        }
        HttpReply full = gateway.ask("s-full", "?");
        assertThat(full.status()).isEqualTo(429);
        assertThat(full.text("code")).isEqualTo("session_queue_full");
        assertThat(full.header("Retry-After")).isNotNull();
        assertThat(gateway.ask("s-other", "?").status()).isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"interrupt", "rollback", "coalesce"})
    void acceptsAPolicyThatMakesRoomInAFullSession(String policy) {
        processor.withScript(TestProcessor.MANUAL);
        String session = "s-room-" + policy;
        for (int i = 0; i < 5; i++) {
            gateway.ask(session, "?");
        }
        assertThat(gateway.ask(session, "?").status()).isEqualTo(429);
        String path = "/v1/sessions/" + session + "/requests";
        String body = "{\"question\":\"stop\",\"policy\":\"" + policy + "\"}";
        for (int i = 0; i < 10; i++) {
            assertThat(gateway.post(path, body).status()).as("question " + i).isEqualTo(202);
        }
        assertThat(gateway.post(path, body).text("code")).as("still bounded").isEqualTo("session_queue_full");
        assertThat(gateway.post(path, body.replace(policy, "reject")).status()).isEqualTo(429);
    }

    @Test
    void rejectsAnAgentThatNoLiveProcessorOffers() {
        assertThat(askAgent("parrot").status()).as("without live processors").isEqualTo(202);
        processor.publishStatistics(figures("p-agents"));
        try {
            org.awaitility.Awaitility.await().until(() -> askAgent("parrot").status() == 422);
            assertThat(askAgent("parrot").text("code")).isEqualTo("unknown_agent");
            assertThat(askAgent("echo").status()).isEqualTo(202);
            HttpReply agents = gateway.get("/v1/agents");
            assertThat(agents.json().path("agents")).hasSize(2);
            assertThat(agents.json().path("agents").get(1).path("name").asString())
                    .isEqualTo("retrieval");
            assertThat(agents.json().path("agents").get(1).path("default").asBoolean())
                    .isTrue();
            assertThat(agents.json()
                            .path("agents")
                            .get(0)
                            .path("examples")
                            .get(0)
                            .asString())
                    .isEqualTo("hello");
        } finally {
            processor.removeStatistics("p-agents");
            org.awaitility.Awaitility.await().until(() -> askAgent("parrot").status() == 202);
        }
    }

    private static HttpReply askAgent(String agent) {
        return gateway.post("/v1/requests", "{\"question\":\"?\",\"agent\":\"" + agent + "\"}");
    }

    static ProcessorStatistics figures(String id) {
        return withSlots(id, null);
    }

    static ProcessorStatistics withSlots(String id, SlotStatistics slots) {
        return new ProcessorStatistics(
                id,
                "http://127.0.0.1:1",
                Instant.now(),
                ProcessorState.RUNNING,
                List.of(
                        new AgentDescription("retrieval", "Answers from a data set.", List.of()),
                        new AgentDescription("echo", "Says it again.", List.of("hello"))),
                List.of("swap_quote"),
                3,
                2,
                1,
                16,
                7,
                Duration.ofSeconds(1),
                120,
                500,
                4,
                new CacheStatistics(10, 100, 75, 25),
                "",
                Duration.ZERO,
                slots,
                Map.of(),
                Duration.ZERO,
                0L,
                List.of(),
                Duration.ZERO);
    }

    @Test
    void usesTheSessionsAgentIfAQuestionNamesNone() throws Exception {
        HttpReply session =
                gateway.post("/v1/sessions", "{\"agent\":\"echo\",\"metadata\":{\"a\":1},\"ttl_seconds\":120}");
        assertThat(session.status()).isEqualTo(201);
        assertThat(session.header("Location")).isEqualTo("/v1/sessions/" + session.text("session_id"));
        assertThat(session.json().path("metadata").path("a").asInt()).isEqualTo(1);
        HttpReply accepted = gateway.ask(session.text("session_id"), "?");
        assertThat(accepted.text("agent")).isEqualTo("echo");
        ReceivedTurn turn = turnOf(accepted.text("request_id"));
        assertThat(turn.ask.agent()).isEqualTo("echo");
        assertThat(turn.ask.sessionTtl()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void extendsTheLifetimeOfTheSessionWithEachQuestion() {
        gateway.ask("s-ttl", "?");
        String context = new MemoryKeys(new io.turnlane.model.SessionKey("-", new io.turnlane.model.SessionId("s-ttl")))
                .context();
        processor.redis().sync().pexpire(context, 5_000);
        gateway.ask("s-ttl", "?");
        assertThat(processor.redis().sync().pttl(context)).isGreaterThan(3_000_000);
    }

    @Test
    void keepsAShortLivedSessionWhileAQuestionWaits() {
        String session = gateway.post("/v1/sessions", "{\"ttl_seconds\":3}").text("session_id");
        MemoryKeys keys =
                new MemoryKeys(new io.turnlane.model.SessionKey("-", new io.turnlane.model.SessionId(session)));
        processor.redis().sync().rpush(keys.history(), new byte[] {1});
        gateway.ask(session, "?");
        for (String key : List.of(keys.context(), keys.history())) {
            assertThat(processor.redis().sync().pttl(key)).isGreaterThan(80_000_000);
        }
    }

    @Test
    void showsHistoryAndTimeline() {
        HttpReply done = gateway.post("/v1/sessions/s-hist/requests", "{\"question\":\"why?\"}", "Prefer", "wait=30");
        HttpReply turns = gateway.get("/v1/sessions/s-hist/turns");
        assertThat(turns.json().path("turns")).hasSize(1);
        assertThat(turns.json().path("turns").get(0).path("question").asString())
                .isEqualTo("why?");
        assertThat(turns.json().has("damaged")).isFalse();
        HttpReply timeline = gateway.get(done.header("Location") + "/timeline");
        assertThat(timeline.json().path("phases").get(0).path("phase").asString())
                .isEqualTo("RECEIVED");
        assertThat(timeline.json().path("phases").get(1).path("phase").asString())
                .isEqualTo("COMPLETED");
        assertThat(timeline.text("processor")).isEqualTo("test-processor");
    }

    @Test
    void logsWhoAskedAndNeverTheQuestion() {
        Logger logger = (Logger) LoggerFactory.getLogger("io.turnlane.gateway.turns.ask.AskJournal");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            String request = gateway.ask("s-logged", "a secret").text("request_id");
            assertThat(lines.list)
                    .filteredOn(line -> line.getMessage().equals("question accepted"))
                    .anySatisfy(line -> assertThat(line.getKeyValuePairs().toString())
                            .contains("user=\"-\"", "session=\"s-logged\"", "request_id=\"" + request + "\"")
                            .doesNotContain("a secret"));
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void showsEveryAttemptInTheTimeline() {
        HttpReply done =
                gateway.post("/v1/sessions/s-attempts/requests", "{\"question\":\"why?\"}", "Prefer", "wait=30");
        String record = new MemoryKeys(new SessionKey("-", new SessionId("s-attempts")))
                .request(RequestId.parse(done.text("request_id")));
        byte[] first = """
                {"outcome": "failed", "processor": "p-1", "fence": 7, "phases": {"DEQUEUED": 1795240800000, "TIMEOUT": 1795240801000},
                 "error": {"code": "agent_timeout", "message": "late"}}""".getBytes(StandardCharsets.UTF_8);
        processor.redis().sync().hset(record, "attempt.1", first);
        processor.redis().sync().hset(record, "attempt", "2".getBytes(StandardCharsets.UTF_8));
        JsonNode attempts =
                gateway.get(done.header("Location") + "/timeline").json().path("attempts");
        assertThat(attempts).hasSize(2);
        assertThat(attempts.get(0).path("outcome").asString()).isEqualTo("failed");
        assertThat(attempts.get(0).path("error").path("code").asString()).isEqualTo("agent_timeout");
        assertThat(attempts.get(0).path("phases").get(1).path("phase").asString())
                .isEqualTo("TIMEOUT");
        JsonNode steps = gateway.get(done.header("Location") + "/timeline?steps=true")
                .json()
                .path("steps");
        assertThat(steps.findValuesAsString("step"))
                .containsSubsequence(
                        "accepted", "logged", "assigned", "attempt", "retry", "attempt", "stored", "ended");
        assertThat(steps.get(2).path("fence").asInt()).isEqualTo(7);
        assertThat(steps.get(0).path("gateway").asString()).startsWith("g-");
        assertThat(attempts.get(1).path("attempt").asInt()).isEqualTo(2);
        assertThat(attempts.get(1).path("outcome").asString()).isEqualTo("completed");
    }

    @Test
    void showsPhasesInTheOrderOfATurnIfTheClocksOfGatewayAndProcessorDiffer() {
        HttpReply done = gateway.post("/v1/sessions/s-clocks/requests", "{\"question\":\"why?\"}", "Prefer", "wait=30");
        String record = new MemoryKeys(new SessionKey("-", new SessionId("s-clocks")))
                .request(RequestId.parse(done.text("request_id")));
        byte[] phases = """
                {"RECEIVED": 1795240800009, "QUEUED": 1795240800011, "DEQUEUED": 1795240800002,
                 "COMPLETED": 1795240801000}""".getBytes(StandardCharsets.UTF_8);
        processor.redis().sync().hset(record, "phases", phases);
        JsonNode shown =
                gateway.get(done.header("Location") + "/timeline").json().path("phases");
        assertThat(shown.findValuesAsString("phase")).containsExactly("RECEIVED", "QUEUED", "DEQUEUED", "COMPLETED");
        assertThat(shown.findValuesAsString("at"))
                .extracting(at -> Instant.parse(at).toEpochMilli())
                .containsExactly(1795240800002L, 1795240800002L, 1795240800002L, 1795240801000L);
    }

    @Test
    void deletesASessionThroughTheLog() throws Exception {
        gateway.post("/v1/sessions/s-gone/requests", "{\"question\":\"?\"}", "Prefer", "wait=30");
        HttpReply deletion = gateway.delete("/v1/sessions/s-gone");
        assertThat(deletion.status()).isEqualTo(202);
        assertThat(deletion.text("session_id")).isEqualTo("s-gone");
        ReceivedTurn delete = turnOf(deletion.text("request_id"));
        assertThat(delete.header("type")).isEqualTo("delete_session");
        assertThat(delete.record.key()).isEqualTo("-:s-gone");
        org.awaitility.Awaitility.await()
                .until(() -> gateway.get("/v1/sessions/s-gone").status() == 404);
        assertThat(gateway.delete("/v1/sessions/s-gone").status()).isEqualTo(404);
    }
}

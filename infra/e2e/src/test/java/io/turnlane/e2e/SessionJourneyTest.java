package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulRedisConnection;
import io.turnlane.backends.TestBackends;
import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listing, changing, exporting, importing, forking and deleting sessions, in order with their turns. */
@Timeout(120)
class SessionJourneyTest {

    private static final Remembering AGENT = new Remembering();

    private static RunningTurnlane turnlane;
    private static Client client;

    private final String session = "s-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        turnlane = RunningTurnlane.start(4, List.of(AGENT));
        client = new Client(turnlane.address());
    }

    @AfterEach
    void release() {
        AGENT.release(session);
    }

    @AfterAll
    static void stop() {
        client.close();
        turnlane.close();
    }

    /** Answers with the questions in memory. A held question is answered when its test releases it. */
    private static final class Remembering implements AgentFactory {

        private final Map<Object, CountDownLatch> gates = new ConcurrentHashMap<>();

        @Override
        public AgentDescription description() {
            return new AgentDescription("remembering", "", List.of());
        }

        @Override
        public Agent create() {
            return (question, memory, sink) -> {
                Object session = question.metadata().get("held_by");
                if (session != null) {
                    gate(session).await();
                }
                return Answer.ofText(
                        memory.turns().stream().map(PastTurn::question).collect(Collectors.joining(" ")));
            };
        }

        void release(String session) {
            gate(session).countDown();
        }

        private CountDownLatch gate(Object session) {
            return gates.computeIfAbsent(session, _ -> new CountDownLatch(1));
        }
    }

    @Test
    void importRestoresAnExportedSession() {
        ask(session, "one");
        ask(session, "two");
        String document = client.get(path("/export")).raw().body();
        deleteAndAwait(session);
        assertThat(awaitEnd(client.put(path("/import"), document)).text("type")).isEqualTo("import_session");
        assertThat(answer(session, "three")).isEqualTo("one two");
        assertThat(client.get(path("")).json()).containsEntry("request_count", 3);
        assertThat(client.get(path("/turns")).list("turns"))
                .extracting(turn -> turn.get("question"))
                .containsExactly("one", "two", "three");
    }

    @Test
    void importsAfterTheQueuedTurns() {
        ask(session, "one");
        String document = client.get(path("/export")).raw().body();
        ClientReply slow = client.post(path("/requests"), held("slow"));
        ClientReply behind = client.post(path("/requests"), body("behind"));
        ClientReply imported = client.put(path("/import"), document);
        AGENT.release(session);
        ClientReply last = client.post(path("/requests"), body("last"), "Prefer", "wait=30");
        assertThat(text(last)).isEqualTo("one");
        assertThat(text(client.get(behind.header("Location")))).isEqualTo("one slow");
        assertThat(awaitEnd(imported).text("status")).isEqualTo("completed");
        assertThat(client.get(slow.header("Location")).text("status")).isEqualTo("completed");
    }

    @Test
    void changesMetadataAgentAndTtlInOrder() {
        ask(session, "one");
        client.post(path("/requests"), held("slow"));
        ClientReply changed = client.patch(
                path(""), Map.of("metadata", Map.of("title", "On order"), "agent", "echo", "ttl_seconds", 120));
        assertThat(changed.status()).isEqualTo(202);
        AGENT.release(session);
        assertThat(awaitEnd(changed).text("status")).isEqualTo("completed");
        ClientReply context = client.get(path(""));
        assertThat(context.json()).containsEntry("agent", "echo").containsEntry("ttl_seconds", 120);
        assertThat(context.json()).containsEntry("request_count", 2);
        assertThat(context.object("metadata")).containsEntry("title", "On order");
    }

    @Test
    void forksAfterARunningTurn() {
        ask(session, "one");
        ClientReply slow = client.post(path("/requests"), held("slow"));
        client.post(path("/requests"), body("later"));
        String into = "fork-" + session;
        ClientReply fork =
                client.post(path("/fork"), Map.of("after_request_id", slow.text("request_id"), "session_id", into));
        assertThat(fork.status()).isEqualTo(202);
        assertThat(client.ask(into, "too early", Map.of()).text("code")).isEqualTo("session_busy");
        AGENT.release(session);
        assertThat(awaitEnd(fork).text("status")).isEqualTo("completed");
        assertThat(answer(into, "there")).isEqualTo("one slow");
        assertThat(answer(session, "here")).isEqualTo("one slow later");
        assertThat(client.get("/v1/sessions/" + into).json()).containsEntry("request_count", 3);
    }

    @Test
    void releasesTheIdOfAFailedFork() {
        ask(session, "one");
        Map<String, Object> broken = Map.of("question", "?", "agent", "echo", "metadata", Map.of("delay_ms", -1));
        ClientReply slow = client.post(path("/requests"), held("slow"));
        ClientReply failing = client.post(path("/requests"), broken);
        String into = "fork-" + session;
        ClientReply fork =
                client.post(path("/fork"), Map.of("after_request_id", failing.text("request_id"), "session_id", into));
        assertThat(fork.status()).isEqualTo(202);
        AGENT.release(session);
        ClientReply ended = awaitEnd(fork);
        assertThat(ended.text("status")).isEqualTo("failed");
        assertThat(ended.object("error")).containsEntry("code", "not_found");
        assertThat(client.get("/v1/sessions/" + into).status()).isEqualTo(404);
        assertThat(client.get(slow.header("Location")).text("status")).isEqualTo("completed");
        assertThat(answer(into, "free again")).isEmpty();
    }

    @Test
    void listsOnlyExistingSessions() {
        ask(session, "one");
        assertThat(listed()).contains(session);
        deleteAndAwait(session);
        assertThat(listed()).doesNotContain(session);
    }

    @Test
    void leavesNothingOfADeletedSessionInRedis() throws Exception {
        String secret = "secret-" + UUID.randomUUID();
        ClientReply keyed =
                client.post(path("/requests"), body(secret), "Prefer", "wait=30", "Idempotency-Key", "key-" + session);
        ask(session, secret + "-again");
        awaitEnd(client.patch(path(""), Map.of("metadata", Map.of("about", secret))));
        awaitEnd(client.put(path("/import"), client.get(path("/export")).raw().body()));
        String into = "fork-" + session;
        awaitEnd(client.post(path("/fork"), Map.of("after_request_id", keyed.text("request_id"), "session_id", into)));
        ClientReply anonymous =
                client.post("/v1/requests", body(secret), "Prefer", "wait=30", "Idempotency-Key", "other-" + session);
        try (RedisClient redis = RedisClient.create(TestBackends.shared().redisUrl());
                StatefulRedisConnection<String, String> connection = redis.connect()) {
            assertThat(mentioning(connection, secret))
                    .as("keys with the text before the deletion")
                    .isNotEmpty();
            for (String one : List.of(session, into, anonymous.text("session_id"))) {
                deleteAndAwait(one);
                assertThat(keysOf(connection, one))
                        .as("keys after the deletion")
                        .allMatch(key -> key.endsWith(":tomb") || key.contains(":idem:"));
            }
            Eventually.holds(() -> assertThat(connection.sync().zscore("tl:{u:-}:sessions", session))
                    .as("entry in the session list")
                    .isNull());
            assertThat(mentioning(connection, secret)).isEmpty();
            assertThat(claimsWithQuestion(connection))
                    .as("idempotency claims with a question")
                    .isEmpty();
        }
        ClientReply late = client.post(path("/requests"), body(secret), "Idempotency-Key", "key-" + session);
        assertThat(late.status())
                .as("status of a late retry, which must not restore the session")
                .isEqualTo(404);
    }

    private static List<String> claimsWithQuestion(StatefulRedisConnection<String, String> redis) {
        return keys(redis, "*:idem:*").stream()
                .filter(key -> redis.sync().type(key).equals("hash"))
                .filter(key -> redis.sync().hget(key, "request_id") != null)
                .filter(key -> !"".equals(redis.sync().hget(key, "body")))
                .filter(key -> mine(redis, key))
                .toList();
    }

    private static boolean mine(StatefulRedisConnection<String, String> redis, String claim) {
        String session = redis.sync().hget(claim, "session_id");
        return redis.sync().exists("tl:{-:" + session + "}:tomb") == 1;
    }

    private static List<String> keysOf(StatefulRedisConnection<String, String> redis, String session) {
        return keys(redis, "tl:{-:" + session + "}:*");
    }

    private static List<String> keys(StatefulRedisConnection<String, String> redis, String pattern) {
        List<String> keys = new ArrayList<>();
        ScanCursor cursor = ScanCursor.INITIAL;
        while (!cursor.isFinished()) {
            KeyScanCursor<String> page =
                    redis.sync().scan(cursor, ScanArgs.Builder.matches(pattern).limit(1000));
            keys.addAll(page.getKeys());
            cursor = page;
        }
        return keys;
    }

    /** Returns the keys whose values contain the text. Short values are not compressed. */
    private static List<String> mentioning(StatefulRedisConnection<String, String> redis, String text) {
        return keys(redis, "tl:*").stream()
                .filter(key -> content(redis, key).contains(text))
                .toList();
    }

    private static String content(StatefulRedisConnection<String, String> redis, String key) {
        return switch (redis.sync().type(key)) {
            case "hash" -> redis.sync().hgetall(key).toString();
            case "list" -> redis.sync().lrange(key, 0, -1).toString();
            case "set" -> redis.sync().smembers(key).toString();
            case "zset" -> redis.sync().zrange(key, 0, -1).toString();
            case "string" -> String.valueOf(redis.sync().get(key));
            default -> "";
        };
    }

    private static List<Object> listed() {
        return client.get("/v1/sessions?limit=100").list("sessions").stream()
                .map(one -> one.get("session_id"))
                .toList();
    }

    private static void deleteAndAwait(String session) {
        assertThat(client.delete("/v1/sessions/" + session).status()).isEqualTo(202);
        Eventually.holds(
                () -> assertThat(client.get("/v1/sessions/" + session).status()).isEqualTo(404));
    }

    private static ClientReply awaitEnd(ClientReply accepted) {
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(202);
        return client.get(accepted.header("Location") + "?wait=30");
    }

    private static String answer(String session, String question) {
        return text(ask(session, question));
    }

    private static String text(ClientReply request) {
        return (String) request.object("answer").get("text");
    }

    private static ClientReply ask(String session, String question) {
        ClientReply done = client.post("/v1/sessions/" + session + "/requests", body(question), "Prefer", "wait=30");
        assertThat(done.text("status")).as(done.raw().body()).isEqualTo("completed");
        return done;
    }

    private static Map<String, Object> body(String question) {
        return Map.of("question", question, "agent", "remembering");
    }

    /** Returns the body of a question that the agent answers after {@code release}. */
    private Map<String, Object> held(String question) {
        return Map.of("question", question, "agent", "remembering", "metadata", Map.of("held_by", session));
    }

    private String path(String rest) {
        return "/v1/sessions/" + session + rest;
    }
}

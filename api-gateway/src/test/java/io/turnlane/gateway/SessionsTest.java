package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.SessionState;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

/** Sessions of a caller: listing, updates and forks, as far as the gateway is concerned. */
@Timeout(60)
class SessionsTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static TestGateway gateway;
    private static TestProcessor processor;

    private final String session = "s-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
        processor = new TestProcessor(gateway);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    @Test
    void listsASessionAskedAgainBehindItsDeletion() {
        SessionKey unanswered = SessionKey.of(null, new SessionId(session));
        processor.withScript(turn -> answerUnless(unanswered, turn));
        gateway.ask(session, "asked before the deletion took effect");
        Map<String, byte[]> context =
                processor.redis().sync().hgetall(keys(session).context());
        processor.redis().sync().del(keys(session).context());
        assertThat(ids(gateway.get("/v1/sessions")))
                .as("while it does not exist")
                .doesNotContain(session);
        processor.redis().sync().hset(keys(session).context(), context);
        assertThat(ids(gateway.get("/v1/sessions")))
                .as("after its question began")
                .contains(session);
    }

    private static void answerUnless(SessionKey unanswered, ReceivedTurn turn) {
        if (!turn.ask.key().equals(unanswered)) {
            turn.answer("You said: " + turn.ask.question());
        }
    }

    @Test
    void aDeletionIsARequestThatClientsCanRead() {
        String created = gateway.post("/v1/sessions", "{}").text("session_id");
        HttpReply deleted = gateway.delete("/v1/sessions/" + created);
        HttpReply request = gateway.get(deleted.header("Location"));
        assertThat(request.status()).isEqualTo(200);
        assertThat(request.text("request_id")).isEqualTo(deleted.text("request_id"));
        assertThat(request.text("type")).isEqualTo("delete_session");
        assertThat(request.text("status")).isEqualTo("queued");
        RequestId id = RequestId.parse(deleted.text("request_id"));
        processor.redis().sync().del(keys(created).request(id));
        processor
                .redis()
                .sync()
                .hset(
                        keys(created).tombstone(),
                        Map.of("deletion", bytes(id.toString()), "asked_at", bytes("1000"), "done_at", bytes("3000")));
        HttpReply done = gateway.get(deleted.header("Location") + "?wait=5");
        assertThat(done.text("status")).isEqualTo("completed");
        assertThat(done.json().path("processing_time").asDouble()).isEqualTo(2.0);
        assertThat(gateway.get("/v1/sessions/" + created + "/requests/0192f1de-7a3c-7000-8000-000000000001")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void listsSessionsNewestFirstInPagesAndPrunesMissingOnes() {
        String list = MemoryKeys.sessionsOfUser("-");
        processor.redis().sync().del(list);
        List<String> created = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            created.addFirst(gateway.post("/v1/sessions", "{}").text("session_id"));
        }
        HttpReply first = gateway.get("/v1/sessions?limit=2");
        assertThat(ids(first)).containsExactlyElementsOf(created.subList(0, 2));
        assertThat(first.json().path("sessions").get(0).path("ttl_seconds").asLong())
                .isEqualTo(3600);
        processor.redis().sync().del(keys(created.get(2)).context());
        HttpReply second = gateway.get("/v1/sessions?limit=2&cursor=" + first.text("next"));
        assertThat(ids(second)).containsExactlyElementsOf(created.subList(3, 5));
        assertThat(processor.redis().sync().zscore(list, bytes(created.get(2))))
                .as("pruned")
                .isNull();
        assertThat(gateway.get("/v1/sessions?limit=2&cursor=" + second.text("next"))
                        .json()
                        .path("sessions"))
                .isEmpty();

        gateway.ask(created.getLast(), "?");
        assertThat(ids(gateway.get("/v1/sessions?limit=1"))).as("asked last").containsExactly(created.getLast());
    }

    @Test
    void listsTheOtherSessionsIfOneIsDamaged() {
        processor.redis().sync().del(MemoryKeys.sessionsOfUser("-"));
        String good = gateway.post("/v1/sessions", "{}").text("session_id");
        String damaged = gateway.post("/v1/sessions", "{}").text("session_id");
        processor.redis().sync().hset(keys(damaged).context(), Map.of("created_at", bytes("once upon a time")));
        HttpReply listed = gateway.get("/v1/sessions");
        assertThat(listed.status()).isEqualTo(200);
        assertThat(ids(listed)).containsExactly(good);
        assertThat(gateway.get("/v1/sessions/" + damaged).status()).isEqualTo(500);
    }

    private static List<String> ids(HttpReply page) {
        assertThat(page.status()).as(page.response().body()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        page.json()
                .path("sessions")
                .forEach(one -> ids.add(one.path("session_id").asString()));
        return ids;
    }

    @Test
    void rejectsInvalidPageParameters() {
        for (String query : List.of("limit=0", "limit=101", "limit=x", "cursor=x", "cursor=eDp5", "cursor=")) {
            assertThat(gateway.get("/v1/sessions?" + query).status()).as(query).isEqualTo(400);
        }
    }

    @Test
    void publishesTheSettingsOfANewSession() throws Exception {
        String plain = gateway.post("/v1/sessions", "{\"ttl_seconds\":120}").text("session_id");
        String created = gateway.post("/v1/sessions", "{\"agent\":\"echo\",\"metadata\":{\"a\":1},\"ttl_seconds\":120}")
                .text("session_id");
        ImportSession command = null;
        while (command == null) {
            SessionCommand next = processor.nextTurn().command;
            assertThat(next.sessionId().toString())
                    .as("without settings no command is published")
                    .isNotEqualTo(plain);
            command = next.sessionId().toString().equals(created) ? (ImportSession) next : null;
        }
        SessionState state = command.state();
        assertThat(state.agent()).isEqualTo("echo");
        assertThat(state.metadata()).isEqualTo(Map.of("a", 1));
        assertThat(state.ttl()).isEqualTo(Duration.ofMinutes(2));
        assertThat(state.turns()).isEmpty();
    }

    @Test
    void updatesASessionByACommand() throws Exception {
        String created =
                gateway.post("/v1/sessions", "{\"metadata\":{\"a\":1}}").text("session_id");
        HttpReply accepted =
                gateway.patch("/v1/sessions/" + created, "{\"metadata\":{\"a\":null,\"b\":2},\"ttl_seconds\":60}");
        assertThat(accepted.status()).isEqualTo(202);
        UpdateSession update = (UpdateSession) commandOf(accepted);
        assertThat(update.metadata()).containsEntry("b", 2).containsEntry("a", null);
        assertThat(update.ttl()).isEqualTo(Duration.ofSeconds(60));
        assertThat(update.agent()).isNull();

        HttpReply request = gateway.get(accepted.header("Location"));
        assertThat(request.text("type")).isEqualTo("update_session");
        assertThat(request.text("status")).isEqualTo("queued");
        assertThat(gateway.get(accepted.header("Location") + "/events").status())
                .as("no events to follow")
                .isEqualTo(204);
        processor.redis().sync().hset(keys(created).request(update.requestId()), "status", bytes("completed"));
        assertThat(gateway.get(accepted.header("Location") + "?wait=5").text("status"))
                .isEqualTo("completed");
    }

    @Test
    void rejectsEmptyAndTooLargeUpdates() {
        String created = gateway.post("/v1/sessions", "{\"metadata\":{\"a\":\"" + "x".repeat(3000) + "\"}}")
                .text("session_id");
        String path = "/v1/sessions/" + created;
        assertThat(gateway.patch(path, "{}").status()).isEqualTo(400);
        assertThat(gateway.patch(path, "{\"ttl_seconds\":0}").status()).isEqualTo(400);
        assertThat(gateway.patch(path, "{\"ttl\":5}").status()).as("misspelt").isEqualTo(400);
        assertThat(gateway.patch(path, "{\"metadata\":{\"b\":\"" + "y".repeat(3000) + "\"}}")
                        .text("code"))
                .isEqualTo("metadata_too_large");
        assertThat(gateway.patch("/v1/sessions/none", "{\"ttl_seconds\":5}").status())
                .isEqualTo(404);
    }

    @Test
    void omitsDamagedTurnsAndReportsTheirNumber() {
        gateway.post("/v1/sessions/s-damaged/requests", "{\"question\":\"why?\"}", "Prefer", "wait=30");
        processor.redis().sync().rpush(keys("s-damaged").history(), new byte[] {1, 2, 3, 4, 5, 6});
        HttpReply turns = gateway.get("/v1/sessions/s-damaged/turns");
        assertThat(turns.json().path("turns")).hasSize(1);
        assertThat(turns.json().path("damaged").asInt()).isEqualTo(1);
    }

    @Test
    void listsTheOtherSessionsIfTheIdOfOneIsNotValidAnyMore() {
        String list = MemoryKeys.sessionsOfUser("-");
        processor.redis().sync().del(list);
        String good = gateway.post("/v1/sessions", "{}").text("session_id");
        processor.redis().sync().zadd(list, 4e12, bytes("."));
        assertThat(ids(gateway.get("/v1/sessions"))).containsExactly(good);
    }

    @Test
    void forksIntoANewSessionThatIsBusyUntilItExists() throws Exception {
        HttpReply asked = ask("why?");
        String into = "fork-" + session;
        String body = "{\"after_request_id\":\"" + asked.text("request_id") + "\",\"session_id\":\"" + into + "\"}";
        HttpReply forked = gateway.post("/v1/sessions/" + session + "/fork", body);
        assertThat(forked.status()).as(forked.response().body()).isEqualTo(202);
        assertThat(forked.text("session_id")).isEqualTo(into);
        ForkSession command = (ForkSession) commandOf(forked);
        assertThat(command.sessionId()).isEqualTo(new SessionId(session));
        assertThat(command.into()).isEqualTo(new SessionId(into));

        assertThat(gateway.get("/v1/sessions/" + into).text("processing_stage")).isEqualTo("forking");
        for (String rid : List.of(session, into)) {
            assertThat(gateway.get("/v1/sessions/" + rid + "/requests/" + command.requestId())
                            .text("type"))
                    .isEqualTo("fork_session");
        }
        assertThat(gateway.ask(into, "too early").text("code")).isEqualTo("session_busy");
        assertThat(gateway.patch("/v1/sessions/" + into, "{\"ttl_seconds\":5}").text("code"))
                .isEqualTo("session_busy");
        assertThat(gateway.get("/v1/sessions/" + into + "/export").text("code")).isEqualTo("session_busy");
        String other = body.replace(asked.text("request_id"), ask("and?").text("request_id"));
        assertThat(gateway.post("/v1/sessions/" + session + "/fork", other).text("code"))
                .isEqualTo("session_exists");
    }

    /** The first command may not have been published, because its gateway may have died before. */
    @Test
    void publishesARepeatedForkAgain() throws Exception {
        String into = "again-" + session;
        String body =
                "{\"after_request_id\":\"" + ask("why?").text("request_id") + "\",\"session_id\":\"" + into + "\"}";
        HttpReply first = gateway.post("/v1/sessions/" + session + "/fork", body);
        ForkSession logged = (ForkSession) commandOf(first);
        HttpReply again = gateway.post("/v1/sessions/" + session + "/fork", body);
        assertThat(again.status()).as(again.response().body()).isEqualTo(202);
        assertThat(again.text("request_id")).isEqualTo(first.text("request_id"));
        assertThat(commandOf(again)).isEqualTo(logged);
    }

    @Test
    void rejectsForksOfUnknownTurns() {
        ask("why?");
        String unknownTurn = "{\"after_request_id\":\"" + UUID.randomUUID() + "\"}";
        assertThat(gateway.post("/v1/sessions/" + session + "/fork", unknownTurn)
                        .status())
                .isEqualTo(404);
        assertThat(gateway.post("/v1/sessions/none/fork", unknownTurn).status()).isEqualTo(404);
        assertThat(gateway.post("/v1/sessions/" + session + "/fork", "{}").status())
                .isEqualTo(400);
        String itself = "{\"after_request_id\":\"" + UUID.randomUUID() + "\",\"session_id\":\"" + session + "\"}";
        assertThat(gateway.post("/v1/sessions/" + session + "/fork", itself).status())
                .isEqualTo(400);
    }

    @Test
    void rejectsCallbacksIfWebhooksAreDisabled() {
        HttpReply rejected = gateway.post(
                "/v1/sessions/" + session + "/requests",
                "{\"question\":\"?\",\"callback_url\":\"https://example.com/hook\"}");
        assertThat(rejected.status()).isEqualTo(400);
        assertThat(rejected.text("detail")).contains("turnlane.webhooks.enabled");
    }

    private HttpReply ask(String question) {
        HttpReply done = gateway.post(
                "/v1/sessions/" + session + "/requests",
                JSON.writeValueAsString(Map.of("question", question)),
                "Prefer",
                "wait=30");
        assertThat(done.status()).isEqualTo(200);
        return done;
    }

    private static io.turnlane.model.SessionCommand commandOf(HttpReply accepted) throws InterruptedException {
        ReceivedTurn turn = processor.nextTurn();
        while (!turn.command.requestId().toString().equals(accepted.text("request_id"))) {
            turn = processor.nextTurn();
        }
        return turn.command;
    }

    private static MemoryKeys keys(String session) {
        return new MemoryKeys(SessionKey.of(null, new SessionId(session)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestKeys.KeyedClient;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.Scope;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Operators find the sessions and requests of all users, and see no text of them. */
@Timeout(60)
class ListingTest {

    private static TestGateway gateway;
    private static TestProcessor processor;
    private static TestKeys keys;
    private static KeyedClient operator;

    private final String user = "u-" + UUID.randomUUID();
    private final String session = "s-" + UUID.randomUUID();
    private final KeyedClient alice = keys.newClient(gateway, user, Scope.ASK, Scope.READ);

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(TestKeys.MODE);
        processor = new TestProcessor(gateway).withScript(turn -> {
            switch (turn.ask.question()) {
                case "fail" -> turn.fail(ErrorCode.AGENT_ERROR, "secret of the agent");
                case "wait" -> {}
                default -> turn.answer("secret answer");
            }
        });
        keys = new TestKeys(gateway);
        operator = keys.newClient(gateway, "olga", Scope.OPS);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    private static List<String> list(String path, String array, String field) {
        HttpReply reply = operator.get(path);
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        assertThat(reply.json().path("complete").asBoolean()).isTrue();
        assertThat(reply.response().body()).doesNotContain("secret", "fail\"");
        List<String> found = new ArrayList<>();
        reply.json().path(array).forEach(one -> found.add(one.path(field).asString(null)));
        return found;
    }

    private List<String> requests(String filter) {
        return list("/v1/ops/requests?" + filter, "requests", "request_id");
    }

    private String ask(KeyedClient client, String question) {
        return client.ask(session, question).text("request_id");
    }

    private void awaitStatus(String request, String status) {
        await().until(() -> alice.get("/v1/sessions/" + session + "/requests/" + request)
                .text("status")
                .equals(status));
    }

    @Test
    void listsTheRequestsOfAUserOrOfASessionOfAllUsersNewestFirst() {
        KeyedClient bob = keys.newClient(gateway, "u-" + UUID.randomUUID(), Scope.ASK, Scope.READ);
        String first = ask(alice, "secret question");
        awaitStatus(first, "completed");
        String second = ask(alice, "fail");
        awaitStatus(second, "failed");
        String other = ask(bob, "secret question");
        assertThat(requests("user=" + user)).containsExactly(second, first);
        assertThat(requests("session=" + session))
                .containsExactlyInAnyOrder(first, second, other)
                .endsWith(first);
        assertThat(requests("session=" + session + "&limit=1")).hasSize(1).doesNotContain(first);
        assertThat(requests("user=" + user + "&session=" + session)).containsExactly(second, first);
        assertThat(requests("user=nobody")).isEmpty();
    }

    @Test
    void filtersRequestsByStatusCodeAgentAndTime() {
        String done = ask(alice, "secret question");
        awaitStatus(done, "completed");
        String failed = ask(alice, "fail");
        awaitStatus(failed, "failed");
        String waiting = ask(alice, "wait");
        String of = "session=" + session;
        assertThat(requests(of + "&status=failed,completed")).containsExactlyInAnyOrder(failed, done);
        assertThat(requests(of + "&status=open")).containsExactly(waiting);
        assertThat(requests(of + "&code=agent_error")).containsExactly(failed);
        assertThat(requests(of + "&agent=none")).isEmpty();
        assertThat(requests(of + "&agent=retrieval")).hasSize(3);
        assertThat(requests(of + "&to=" + Instant.now().minusSeconds(600))).isEmpty();
        assertThat(requests(of + "&from=" + Instant.now().minusSeconds(600))).hasSize(3);
        assertThat(operator.get("/v1/ops/requests?status=none").status()).isEqualTo(400);
        assertThat(operator.get("/v1/ops/requests?from=yesterday").status()).isEqualTo(400);
        assertThat(operator.get("/v1/ops/requests?limit=1001").status()).isEqualTo(400);
    }

    @Test
    void listsTheOthersIfARecordIsDamaged() {
        String good = ask(alice, "wait");
        String damaged = ask(alice, "wait");
        MemoryKeys keys = new MemoryKeys(SessionKey.of(user, new SessionId(session)));
        Map<String, byte[]> damage = Map.of("created_at", "once upon a time".getBytes(StandardCharsets.UTF_8));
        processor.redis().sync().hset(keys.request(RequestId.parse(damaged)), damage);
        assertThat(requests("session=" + session)).containsExactly(good);
        processor.redis().sync().hset(keys.context(), damage);
        assertThat(list("/v1/ops/sessions?session=" + session, "sessions", "session_id"))
                .isEmpty();
    }

    @Test
    void listsSessionsOfAllUsersWithTheirOpenTurns() {
        ask(alice, "wait");
        for (String filter : List.of("user=" + user, "session=" + session)) {
            assertThat(list("/v1/ops/sessions?" + filter, "sessions", "session_id"))
                    .containsExactly(session);
            assertThat(list("/v1/ops/sessions?" + filter, "sessions", "user_id"))
                    .containsExactly(user);
            assertThat(list("/v1/ops/sessions?" + filter, "sessions", "open_requests"))
                    .containsExactly("1");
        }
        assertThat(list("/v1/ops/sessions?user=" + user + "&agent=none", "sessions", "session_id"))
                .isEmpty();
        assertThat(list("/v1/ops/sessions?limit=3", "sessions", "session_id")).hasSizeBetween(1, 3);
    }
}

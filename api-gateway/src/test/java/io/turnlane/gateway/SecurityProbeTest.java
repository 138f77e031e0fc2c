package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestKeys.KeyedClient;
import io.turnlane.model.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls every route with invalid credentials and with ids of another user. */
@Timeout(120)
class SecurityProbeTest extends SecurityProbe {

    @Test
    void opensOnlyTheListedRoutes() {
        assertThat(routes).hasSizeGreaterThan(20);
        assertThat(routes.stream().map(Route::toString))
                .contains("POST /ask", "GET /v1/ws", "GET /actuator/prometheus", "GET /v1/sessions/{sid}/events");
        Set<String> answered = routes.stream()
                .filter(route -> call(route, route.with(session, request), "{}").status() != 401)
                .map(Route::toString)
                .collect(Collectors.toSet());
        assertThat(answered).as("open without credentials").isSubsetOf(OPEN);
    }

    @Test
    void revealsNothingWithoutAValidKey() {
        String expired = keys.create("alice", Instant.now().minusSeconds(60), Scope.values());
        String revoked = keys.newClient(gateway, "alice", Scope.values()).key();
        keys.revoke(revoked);
        await().until(() ->
                gateway.get("/v1/agents", KeyedClient.bearer(revoked)).status() == 401);
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("unknown", "Bearer tl_000000000000_" + "0".repeat(40));
        bad.put("wrong secret", "Bearer " + alice.key().substring(0, alice.key().length() - 5) + "00000");
        bad.put("expired", "Bearer " + expired);
        bad.put("revoked", "Bearer " + revoked);
        bad.put("no scheme", alice.key());
        bad.put("basic", "Basic " + alice.key());
        bad.put("empty", "Bearer ");
        bad.put("long", "Bearer " + "x".repeat(7_000));
        bad.put("unsigned token", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.");
        protectedRoutes().forEach(route -> {
            String path = route.with(session, request);
            String withoutKey =
                    call(route, path, "{\"question\":\"?\"}").response().body();
            bad.forEach((kind, header) -> {
                HttpReply reply = call(route, path, "{\"question\":\"?\"}", "Authorization", header);
                assertThat(reply.status()).as("%s with %s", route, kind).isEqualTo(401);
                assertThat(reply.response().body())
                        .as("%s with %s", route, kind)
                        .isEqualTo(withoutKey);
                assertRevealsNothing(reply, route + " with " + kind);
            });
        });
    }

    @Test
    void requiresTheScopeOfEveryRoute() {
        KeyedClient reader = keys.newClient(gateway, "alice", Scope.READ);
        KeyedClient asker = keys.newClient(gateway, "alice", Scope.ASK);
        protectedRoutes().filter(route -> !route.path().startsWith("/v1/ws")).forEach(route -> {
            List<KeyedClient> wrong = forOperators(route)
                    ? List.of(alice, reader, asker)
                    : route.reads() ? List.of(asker, operator) : List.of(reader, operator);
            for (KeyedClient client : wrong) {
                HttpReply reply = call(route, route.with(session, request), "{}", KeyedClient.bearer(client.key()));
                assertThat(reply.status()).as(route.toString()).isEqualTo(403);
                assertThat(reply.text("code")).isEqualTo("forbidden");
                assertRevealsNothing(reply, route.toString());
            }
        });
    }

    @Test
    void answersForeignIdsLikeUnknownIds() {
        String nowhere = "s-" + UUID.randomUUID();
        String never = alice.ask("elsewhere", "?").text("request_id").replaceAll("[0-9a-f]{4}$", "ffff");
        KeyedClient mallory = keys.newClient(gateway, "mallory", Scope.ASK, Scope.READ);
        protectedRoutes().filter(route -> route.names("sid")).forEach(route -> {
            HttpReply foreign = call(route, route.with(session, request), "{}", KeyedClient.bearer(mallory.key()));
            HttpReply unknown = call(route, route.with(nowhere, never), "{}", KeyedClient.bearer(mallory.key()));
            assertThat(content(foreign, session, request))
                    .as(route.toString())
                    .isEqualTo(content(unknown, nowhere, never));
            assertThat(foreign.status())
                    .as(route.toString())
                    .isIn(forOperators(route) ? List.of(403) : List.of(400, 404, 415));
            assertRevealsNothing(foreign, route.toString());
        });
        assertThat(alice.get("/v1/sessions/" + session + "/turns").response().body())
                .as("the session of Alice is unchanged")
                .contains(QUESTION);
    }

    /** Returns the headers, status and body of a reply, without the ids that the caller sent. */
    private static Map<String, String> content(HttpReply reply, String sid, String rid) {
        Map<String, String> content = new TreeMap<>();
        reply.response().headers().map().forEach((name, values) -> content.put(name, String.join(",", values)));
        content.keySet().removeAll(Set.of("date", "x-request-id", "content-length"));
        content.put("status", Integer.toString(reply.status()));
        content.put("body", reply.response().body().replace(sid, "SID").replace(rid, "RID"));
        return content;
    }

    @Test
    void revealsNothingForForeignKeysCursorsAndFrames() throws Exception {
        HttpReply again = gateway.post(
                "/v1/sessions/" + session + "/requests",
                "{\"question\":\"" + QUESTION + "\"}",
                "Authorization",
                "Bearer " + bob.key(),
                "Idempotency-Key",
                "alices-key-1");
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.header("Idempotency-Replayed")).isNull();
        assertThat(again.text("request_id")).isNotEqualTo(request);
        String own = "s-" + UUID.randomUUID();
        bob.get(bob.ask(own, "Bob's").header("Location") + "?wait=20");
        for (String query : new String[] {"?after=" + cursor, ""}) {
            try (SseClient events = bob.stream("/v1/sessions/" + own + "/events" + query, "Last-Event-ID", cursor)) {
                SseClient.SseEvent first = events.next();
                assertThat(first.type()).isEqualTo("gap");
                assertThat(first.data()).doesNotContain(QUESTION).doesNotContain(session);
            }
        }
        try (TestSocket socket = TestSocket.open(gateway, KeyedClient.bearer(bob.key()))) {
            List<String> replies = new ArrayList<>();
            for (String sid : new String[] {"s-" + UUID.randomUUID(), "elsewhere-hers"}) {
                alice.ask("elsewhere-hers", "?");
                for (String frame : new String[] {
                    "{'type':'subscribe','ref':'r','session_id':'SID'}",
                    "{'type':'subscribe','ref':'r','session_id':'SID','after':'" + cursor + "'}",
                    "{'type':'cancel','ref':'r','session_id':'SID','request_id':'" + request + "'}"
                }) {
                    replies.add(socket.send(frame.replace("SID", sid)).nextText());
                }
            }
            assertThat(replies.subList(3, 6)).isEqualTo(replies.subList(0, 3));
            assertThat(replies.toString()).contains("not_found").doesNotContain(QUESTION);
        }
    }
}

package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.turnlane.gateway.Gateway.Reply;
import io.turnlane.gateway.Keys.Client;
import io.turnlane.model.Scope;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Every route that there is, with credentials of every bad kind, ids of every bad kind, and texts that try to be more
 * than text.
 */
@Timeout(120)
class ProbeTest {

    /** All that may be had without saying who one is. A route that is to be open stands here, or this test fails. */
    private static final Set<String> OPEN = Set.of(
            "GET /livez",
            "GET /livez/**",
            "GET /readyz",
            "GET /readyz/**",
            "GET /docs",
            "GET /openapi.json",
            "GET /openapi.json/swagger-config");

    private static final Set<String> OPERATORS = Set.of("/actuator", "/v1/quarantine", "/api/stats");

    private static final String QUESTION = "canary-question-7f3a";
    private static final String ANSWER = "You said: " + QUESTION;

    private static final Queue<String> LOGGED = new ConcurrentLinkedQueue<>();
    private static final AppenderBase<ILoggingEvent> LISTENER = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            LOGGED.add(
                    event.getFormattedMessage() + " " + event.getKeyValuePairs() + " " + event.getMDCPropertyMap() + " "
                            + (event.getThrowableProxy() == null
                                    ? ""
                                    : event.getThrowableProxy().getMessage()));
        }
    };

    private static Gateway gateway;
    private static TestProcessor processor;
    private static Keys keys;
    private static Set<Route> routes;
    private static Client alice;
    private static Client bob;
    private static Client operator;
    private static String session;
    private static String request;
    private static String cursor;

    @BeforeAll
    static void start() {
        gateway = Gateway.start(
                Keys.MODE,
                "turnlane.limits.requests-per-minute=0",
                "turnlane.limits.catch-ups-per-minute=0",
                "logging.level.io.turnlane=debug");
        LISTENER.start();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(LISTENER);
        processor = new TestProcessor(gateway);
        keys = new Keys(gateway);
        routes = Route.of(gateway);
        alice = keys.newcomer(gateway, "alice", Scope.ASK, Scope.READ);
        bob = keys.newcomer(gateway, "bob", Scope.ASK, Scope.READ);
        operator = keys.newcomer(gateway, "olga", Scope.OPS);
        session = "s-" + UUID.randomUUID();
        Reply asked = gateway.post(
                "/v1/sessions/" + session + "/requests",
                "{\"question\":\"" + QUESTION + "\"}",
                "Authorization",
                "Bearer " + alice.key(),
                "Idempotency-Key",
                "alices-key-1");
        request = asked.text("request_id");
        try (Sse events = alice.stream("/v1/sessions/" + session + "/requests/" + request + "/events")) {
            Sse.Event last = events.rest().getLast();
            assertThat(last.type()).isEqualTo("completed");
        }
        try (Sse events = alice.stream("/v1/sessions/" + session + "/events")) {
            alice.ask(session, "and again");
            cursor = events.next().id();
        }
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(LISTENER);
    }

    private static Reply call(Route route, String path, String body, String... headers) {
        return gateway.send(gateway.request(path, headers)
                .header("Content-Type", "application/json")
                .method(route.method(), route.reads() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private static Stream<Route> closed() {
        return routes.stream().filter(route -> !OPEN.contains(route.toString()));
    }

    private static boolean forOperators(Route route) {
        return OPERATORS.stream().anyMatch(route.path()::startsWith);
    }

    /** No insides of ours, nothing of Alice's. */
    private static void assertTellsNothing(Reply reply, String what) {
        assertThat(reply.status()).as(what).isLessThan(500);
        assertThat(reply.response().body())
                .as(what)
                .doesNotContain("Exception", "io.turnlane", "springframework", "java.", "tools.jackson", "\tat ")
                .doesNotContain(QUESTION, "alices-key-1", alice.key(), "\"trace\"");
        assertThat(reply.header("X-Evil")).as(what).isNull();
    }

    @Test
    void knowsTheRoutesThereAre() {
        assertThat(routes).hasSizeGreaterThan(20);
        assertThat(routes.stream().map(Route::toString))
                .contains("POST /ask", "GET /v1/ws", "GET /actuator/prometheus", "GET /v1/sessions/{sid}/events");
        Set<String> answered = routes.stream()
                .filter(route -> call(route, route.with(session, request), "{}").status() != 401)
                .map(Route::toString)
                .collect(Collectors.toSet());
        assertThat(answered).as("open to everybody").isSubsetOf(OPEN);
    }

    @Test
    void tellsNobodyAnythingWithoutAGoodKey() {
        String expired = keys.make("alice", Instant.now().minusSeconds(60), Scope.values());
        String revoked = keys.newcomer(gateway, "alice", Scope.values()).key();
        keys.revoke(revoked);
        await().until(() -> gateway.get("/v1/agents", Client.bearer(revoked)).status() == 401);
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("unknown", "Bearer tl_000000000000_" + "0".repeat(40));
        bad.put("wrong secret", "Bearer " + alice.key().substring(0, alice.key().length() - 5) + "00000");
        bad.put("expired", "Bearer " + expired);
        bad.put("revoked", "Bearer " + revoked);
        bad.put("no scheme", alice.key());
        bad.put("basic", "Basic " + alice.key());
        bad.put("empty", "Bearer ");
        bad.put("long", "Bearer " + "x".repeat(8_000));
        bad.put("a token of nobody's", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.");
        closed().forEach(route -> {
            String path = route.with(session, request);
            String told = call(route, path, "{\"question\":\"?\"}").response().body();
            bad.forEach((kind, header) -> {
                Reply reply = call(route, path, "{\"question\":\"?\"}", "Authorization", header);
                assertThat(reply.status()).as("%s with %s", route, kind).isEqualTo(401);
                assertThat(reply.response().body())
                        .as("%s with %s", route, kind)
                        .isEqualTo(told);
                assertTellsNothing(reply, route + " with " + kind);
            });
        });
    }

    @Test
    void holdsEveryRouteToItsScope() {
        Client reader = keys.newcomer(gateway, "alice", Scope.READ);
        Client asker = keys.newcomer(gateway, "alice", Scope.ASK);
        closed().filter(route -> !route.path().startsWith("/v1/ws")).forEach(route -> {
            List<Client> wrong = forOperators(route)
                    ? List.of(alice, reader, asker)
                    : route.reads() ? List.of(asker, operator) : List.of(reader, operator);
            for (Client client : wrong) {
                Reply reply = call(route, route.with(session, request), "{}", Client.bearer(client.key()));
                assertThat(reply.status()).as(route.toString()).isEqualTo(403);
                assertThat(reply.text("code")).isEqualTo("forbidden");
                assertTellsNothing(reply, route.toString());
            }
        });
    }

    @Test
    void tellsOfAnothersThingsWhatItTellsOfThoseThatAreNot() {
        String nowhere = "s-" + UUID.randomUUID();
        String never = alice.ask("elsewhere", "?").text("request_id").replaceAll("[0-9a-f]{4}$", "ffff");
        Client mallory = keys.newcomer(gateway, "mallory", Scope.ASK, Scope.READ);
        closed().filter(route -> route.names("sid")).forEach(route -> {
            Reply foreign = call(route, route.with(session, request), "{}", Client.bearer(mallory.key()));
            Reply unknown = call(route, route.with(nowhere, never), "{}", Client.bearer(mallory.key()));
            assertThat(told(foreign, session, request)).as(route.toString()).isEqualTo(told(unknown, nowhere, never));
            assertThat(foreign.status()).as(route.toString()).isIn(400, 404, 415);
            assertTellsNothing(foreign, route.toString());
        });
        assertThat(alice.get("/v1/sessions/" + session + "/turns").response().body())
                .as("nothing happened to hers")
                .contains(QUESTION);
    }

    /** What is told and in which way; ids that the caller sent itself are taken out of it. */
    private static Map<String, String> told(Reply reply, String sid, String rid) {
        Map<String, String> told = new TreeMap<>();
        reply.response().headers().map().forEach((name, values) -> told.put(name, String.join(",", values)));
        told.keySet().removeAll(Set.of("date", "x-request-id", "content-length"));
        told.put("status", Integer.toString(reply.status()));
        told.put("body", reply.response().body().replace(sid, "SID").replace(rid, "RID"));
        return told;
    }

    @Test
    void anothersKeysCursorsAndFramesLeadNowhere() throws Exception {
        Reply again = gateway.post(
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
            try (Sse events = bob.stream("/v1/sessions/" + own + "/events" + query, "Last-Event-ID", cursor)) {
                Sse.Event first = events.next();
                assertThat(first.type()).isEqualTo("gap");
                assertThat(first.data()).doesNotContain(QUESTION).doesNotContain(session);
            }
        }
        try (TestSocket socket = TestSocket.open(gateway, Client.bearer(bob.key()))) {
            List<String> told = new ArrayList<>();
            for (String sid : new String[] {"s-" + UUID.randomUUID(), "elsewhere-hers"}) {
                alice.ask("elsewhere-hers", "?");
                for (String frame : new String[] {
                    "{'type':'subscribe','ref':'r','session_id':'SID'}",
                    "{'type':'subscribe','ref':'r','session_id':'SID','after':'" + cursor + "'}",
                    "{'type':'cancel','ref':'r','session_id':'SID','request_id':'" + request + "'}"
                }) {
                    told.add(socket.say(frame.replace("SID", sid)).hearText());
                }
            }
            assertThat(told.subList(3, 6)).isEqualTo(told.subList(0, 3));
            assertThat(told.toString()).contains("not_found").doesNotContain(QUESTION);
        }
    }

    private static final List<String> BAD_IDS = List.of(
            "..",
            "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "%00",
            "a%00b",
            "a%0d%0aX-Evil:%201",
            "a%0aX-Evil:%201",
            "%20",
            "a%20b",
            "a%2fb",
            "a%5cb",
            "a;b=c",
            "-1",
            "0",
            "null",
            "undefined",
            "NaN",
            "*",
            "%25s%25n",
            "'%20OR%20'1'='1",
            "%7B%7B7*7%7D%7D",
            "$%7Bjndi:ldap:%2f%2fx%7D",
            "%3Cscript%3E",
            "%F0%9F%98%80",
            "%C3%28",
            "%E2%80%AE",
            "%EF%BF%BF",
            "%7Bx%7D:ctx",
            "tl:%7B-:s%7D:ctx",
            "x".repeat(129),
            "x".repeat(6_000),
            "0192f1de-7a3c-7000-8000",
            "00000000-0000-0000-0000-000000000000",
            "0192F1DE-7A3C-7000-8000-000000000001",
            "999-999999999999999999");

    @Test
    void noIdOfWhateverKindLetsAnythingOut() {
        closed().filter(route -> route.path().contains("{")).forEach(route -> {
            Client client = forOperators(route) ? operator : alice;
            for (String bad : BAD_IDS) {
                for (String path : List.of(route.with(bad, request), route.with(session, bad), route.with(bad, bad))) {
                    if (path.equals(route.with(session, request))) {
                        continue;
                    }
                    Reply reply = call(route, path, "{}", Client.bearer(client.key()));
                    assertTellsNothing(reply, route.method() + " " + path);
                }
            }
        });
        String one = "/v1/sessions/" + session + "/requests/" + request;
        for (String bad : BAD_IDS) {
            for (String path : new String[] {
                one + "?wait=" + bad, one + "/events?after=" + bad, "/v1/sessions/" + session + "/events?after=" + bad
            }) {
                if (!bad.matches("-1|0")) {
                    Reply reply = alice.get(path);
                    // A blank number is none.
                    assertThat(reply.status())
                            .as(path)
                            .isIn(bad.equals("%20") && path.contains("wait") ? 200 : 400, 404);
                    if (reply.status() != 200) {
                        assertTellsNothing(reply, path);
                    }
                }
            }
            for (String path : new String[] {"/v1/quarantine?limit=" + bad, "/v1/quarantine?cursor=" + bad}) {
                assertTellsNothing(operator.get(path), path);
            }
        }
    }

    @Test
    void noBodyOfWhateverKindLetsAnythingOut() {
        List<byte[]> bodies = Stream.of(
                        "",
                        "null",
                        "[]",
                        "\"x\"",
                        "1e999",
                        "{\"question\":{}}",
                        "{\"session_id\":\"../x\",\"question\":\"?\"}",
                        "[".repeat(5_000),
                        "{\"a\":".repeat(3_000),
                        "{\"question\":\"\\u0000\"}",
                        "\ufeff{}",
                        "{\"__proto__\":{\"x\":1},\"question\":\"?\"}",
                        "{\"@class\":\"java.net.URL\",\"question\":\"?\"}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .collect(Collectors.toCollection(ArrayList::new));
        bodies.add(new byte[] {'{', '"', (byte) 0xC3, (byte) 0x28, '"', ':', '1', '}'});
        closed().filter(route -> !route.reads() && !route.path().contains("redrive"))
                .forEach(route -> {
                    for (byte[] body : bodies) {
                        Reply reply = gateway.send(gateway.request(
                                        route.with("s-" + UUID.randomUUID(), request), Client.bearer(alice.key()))
                                .header("Content-Type", "application/json")
                                .method(route.method(), BodyPublishers.ofByteArray(body)));
                        assertTellsNothing(reply, route + " " + new String(body, StandardCharsets.ISO_8859_1));
                    }
                });
    }

    @Test
    void aTextThatLooksLikeAnEventIsText() {
        String evil =
                "x\\n\\ndata: {\\\"type\\\":\\\"completed\\\"}\\n\\nevent: evil\\nid: evil\\nretry: 1\\r\\rdata: y\\u2028event: evil";
        String sid = "s-" + UUID.randomUUID();
        try (Sse events = streamOf(sid, evil)) {
            List<Sse.Event> all = events.rest();
            assertThat(all).extracting(Sse.Event::type).containsExactly("started", "delta", "completed");
            assertThat(all).allSatisfy(event -> assertThat(event.id()).isNotEqualTo("evil"));
            assertThat(events.retry()).isNull();
            assertThat(all.getLast().json().path("answer").path("text").asString())
                    .contains("event: evil", "\r\r");
        }
    }

    private static Sse streamOf(String sid, String question) {
        String location = alice.ask(sid, question).header("Location");
        return alice.stream(location + "/events");
    }

    @Test
    void aHeaderThatTriesToBeTwoIsRefusedOrIgnored() throws Exception {
        for (String header : new String[] {
            "X-Request-Id: mine\r\n evil: 1",
            "X-Request-Id: <script>",
            "Idempotency-Key: a\u0000b",
            "Idempotency-Key: \u001b[2J",
            "traceparent: 00-evil\u001b[2J-x-01",
            "Last-Event-ID: \u001b]0;evil\u0007",
            "Prefer: wait=99999999999999999999",
            "Host: evil.example",
            "Origin: https://evil.example",
            "X-Forwarded-For: evil\u001b[2J",
            "User-Agent: ${jndi:ldap://evil}"
        }) {
            String host = header.startsWith("Host") ? "" : "Host: x\r\n";
            String answer = raw("POST /v1/requests HTTP/1.1\r\n" + host + header + "\r\nAuthorization: Bearer "
                    + alice.key()
                    + "\r\nContent-Type: application/json\r\nContent-Length: 16\r\nConnection: close\r\n\r\n"
                    + "{\"question\":\"?\"}");
            assertThat(answer).as(header).matches("(?s)HTTP/1.1 (202|400|200) .*");
            assertThat(answer.toLowerCase(java.util.Locale.ROOT))
                    .as(header)
                    .doesNotContain("evil", "mine", "<script>", "exception", "\u001b");
        }
    }

    private static String raw(String text) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void nothingOfWhatIsSecretStandsInTheLog() throws Exception {
        String secret = alice.key().substring(alice.key().lastIndexOf('_') + 1);
        String ticket = alice.post("/v1/ws-tickets", "").text("ticket");
        try (TestSocket socket = TestSocket.open(gateway, new String[0], "ticket." + ticket)) {
            socket.say("{'type':'" + QUESTION + "\\n12:00 ERROR forged'}").hearText();
        }
        aHeaderThatTriesToBeTwoIsRefusedOrIgnored();
        gateway.get("/v1/agents", "Authorization", "Bearer " + alice.key() + "x");
        gateway.get("/v1/sessions/a%0a12:00%20ERROR%20forged", Client.bearer(alice.key()));
        assertThat(LOGGED).isNotEmpty();
        assertThat(LOGGED)
                .noneMatch(line -> line.contains(secret)
                        || line.contains(ticket)
                        || line.contains(QUESTION)
                        || line.contains("alices-key-1")
                        || line.contains("forged")
                        || line.contains("\u001b"));
    }
}

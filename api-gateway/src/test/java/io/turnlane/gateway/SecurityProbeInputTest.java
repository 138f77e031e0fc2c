package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestKeys.KeyedClient;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls every route with invalid ids and bodies, and with texts that imitate protocol elements. */
@Timeout(120)
class SecurityProbeInputTest extends SecurityProbe {

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
    void revealsNothingForInvalidIds() {
        protectedRoutes().filter(route -> route.path().contains("{")).forEach(route -> {
            KeyedClient client = forOperators(route) ? operator : alice;
            for (String bad : BAD_IDS) {
                for (String path : List.of(route.with(bad, request), route.with(session, bad), route.with(bad, bad))) {
                    if (path.equals(route.with(session, request))) {
                        continue;
                    }
                    HttpReply reply = call(route, path, "{}", KeyedClient.bearer(client.key()));
                    assertRevealsNothing(reply, route.method() + " " + path);
                }
            }
        });
        String one = "/v1/sessions/" + session + "/requests/" + request;
        for (String bad : BAD_IDS) {
            for (String path : new String[] {
                one + "?wait=" + bad, one + "/events?after=" + bad, "/v1/sessions/" + session + "/events?after=" + bad
            }) {
                if (!bad.matches("-1|0")) {
                    HttpReply reply = alice.get(path);
                    // A blank number is treated as absent.
                    assertThat(reply.status())
                            .as(path)
                            .isIn(bad.equals("%20") && path.contains("wait") ? 200 : 400, 404);
                    if (reply.status() != 200) {
                        assertRevealsNothing(reply, path);
                    }
                }
            }
            for (String path : new String[] {"/v1/quarantine?limit=" + bad, "/v1/quarantine?cursor=" + bad}) {
                assertRevealsNothing(operator.get(path), path);
            }
        }
    }

    @Test
    void revealsNothingForInvalidBodies() {
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
        protectedRoutes()
                .filter(route -> !route.reads() && !route.path().contains("redrive"))
                .forEach(route -> {
                    for (byte[] body : bodies) {
                        HttpReply reply = gateway.send(gateway.request(
                                        route.with("s-" + UUID.randomUUID(), request), KeyedClient.bearer(alice.key()))
                                .header("Content-Type", "application/json")
                                .method(route.method(), BodyPublishers.ofByteArray(body)));
                        assertRevealsNothing(reply, route + " " + new String(body, StandardCharsets.ISO_8859_1));
                    }
                });
    }

    @Test
    void treatsATextThatLooksLikeAnEventAsText() {
        String evil =
                "x\\n\\ndata: {\\\"type\\\":\\\"completed\\\"}\\n\\nevent: evil\\nid: evil\\nretry: 1\\r\\rdata: y\\u2028event: evil";
        String sid = "s-" + UUID.randomUUID();
        try (SseClient events = streamOf(sid, evil)) {
            List<SseClient.SseEvent> all = events.remainingEvents();
            assertThat(all).extracting(SseClient.SseEvent::type).containsExactly("started", "delta", "completed");
            assertThat(all).allSatisfy(event -> assertThat(event.id()).isNotEqualTo("evil"));
            assertThat(events.retry()).isNull();
            assertThat(all.getLast().json().path("answer").path("text").asString())
                    .contains("event: evil", "\r\r");
        }
    }

    private static SseClient streamOf(String sid, String question) {
        String location = alice.ask(sid, question).header("Location");
        return alice.stream(location + "/events");
    }

    @Test
    void rejectsOrIgnoresHeadersThatInjectOthers() throws Exception {
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
    void logsNoSecrets() throws Exception {
        String secret = alice.key().substring(alice.key().lastIndexOf('_') + 1);
        String ticket = alice.post("/v1/ws-tickets", "").text("ticket");
        try (TestSocket socket = TestSocket.open(gateway, new String[0], "ticket." + ticket)) {
            socket.send("{'type':'" + QUESTION + "\\n12:00 ERROR forged'}").nextText();
        }
        rejectsOrIgnoresHeadersThatInjectOthers();
        gateway.get("/v1/agents", "Authorization", "Bearer " + alice.key() + "x");
        gateway.get("/v1/sessions/a%0a12:00%20ERROR%20forged", KeyedClient.bearer(alice.key()));
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

package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestGateway.HttpReply;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every route and every frame has the same limits for JSON. A rejected value leaves nothing behind. */
@Timeout(60)
class InputLimitsTest {

    /** Values that a reader of JSON would refuse or change, each with a word of the explanation. */
    private static final List<String[]> BAD_VALUES = List.of(
            new String[] {"[".repeat(81) + "]".repeat(81), "levels"},
            new String[] {"[".repeat(498) + "]".repeat(498), "levels"},
            new String[] {"\"\\ud800\"", "surrogate"},
            new String[] {"\"\\udc00\\ud800\"", "surrogate"},
            new String[] {"1e400", "range"},
            new String[] {"9".repeat(400), "range"},
            new String[] {"9007199254740993", "integer"});

    private static TestGateway gateway;

    private final String session = "s-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private record BodyRoute(String method, String path) {

        HttpReply send(String contentType, String body) {
            return gateway.send(gateway.request(path.replace("{sid}", "s")
                            .replace("{rid}", "0192f1de-7a3c-7000-8000-000000000001")
                            .replace("{name}", "support"))
                    .header("Content-Type", contentType)
                    .method(method, BodyPublishers.ofString(body)));
        }
    }

    /** Returns all routes with a body, as the gateway itself documents them. */
    private static List<BodyRoute> routesWithABody() {
        List<BodyRoute> routes = new ArrayList<>();
        gateway.get("/openapi.json")
                .json()
                .path("paths")
                .forEachEntry((path, methods) -> methods.forEachEntry((method, operation) -> {
                    if (operation.has("requestBody")) {
                        routes.add(new BodyRoute(method.toUpperCase(Locale.ROOT), path));
                    }
                }));
        assertThat(routes).hasSizeGreaterThanOrEqualTo(9);
        return routes;
    }

    @Test
    void everyRouteRejectsValuesThatCouldNotBeReadAgain() {
        for (BodyRoute route : routesWithABody()) {
            for (String[] bad : BAD_VALUES) {
                HttpReply rejected = route.send("application/json", "{\"metadata\":{\"a\":" + bad[0] + "}}");
                assertThat(rejected.status()).as("%s %s", route, bad[0]).isEqualTo(400);
                assertThat(rejected.text("detail")).as("%s", route).contains("line 1, column", bad[1]);
            }
        }
    }

    @Test
    void everyRouteRejectsOtherContentThanJson() {
        for (BodyRoute route : routesWithABody()) {
            for (String type : List.of(
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=b",
                    "text/plain",
                    "application/xml")) {
                HttpReply rejected = route.send(type, "question=why&a=%zz");
                assertThat(rejected.status()).as("%s %s", route, type).isEqualTo(415);
                assertThat(rejected.text("code")).isEqualTo("unsupported_media_type");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ask", "subscribe", "unsubscribe", "cancel", "ping"})
    void everyFrameRejectsValuesThatCouldNotBeReadAgain(String type) throws Exception {
        try (TestSocket client = TestSocket.open(gateway, new String[0])) {
            for (String[] bad : BAD_VALUES) {
                client.send("{'type':'%s','ref':'r','session_id':'%s','question':'?','metadata':{'a':%s}}"
                        .formatted(type, session, bad[0]));
                JsonNode problem = client.nextFrame();
                assertThat(problem.path("ref").asString()).as(bad[0]).isEqualTo("r");
                assertThat(problem.path("problem").path("detail").asString()).contains("line 1, column", bad[1]);
            }
            client.send("{'type':'ping','ref':'\\ud800'}");
            assertThat(client.nextFrame().path("problem").path("detail").asString())
                    .startsWith("ref ");
            client.send("{'type':'ping','ref':'still open'}");
            assertThat(client.nextFrame().path("type").asString()).isEqualTo("pong");
        }
        assertThat(gateway.get("/v1/sessions/" + session).status()).isEqualTo(404);
    }

    @Test
    void metadataIsAcceptedToADepthOf64AndCanThenBeReadEverywhere() {
        String deep = "{\"metadata\":" + nested(64) + "}";
        HttpReply created = gateway.post("/v1/sessions", deep);
        assertThat(created.status()).as(created.response().body()).isEqualTo(201);
        String path = "/v1/sessions/" + created.text("session_id");
        assertThat(gateway.patch(path, deep).status()).isEqualTo(202);
        assertThat(gateway.get(path).status()).isEqualTo(200);
        assertThat(gateway.get("/v1/sessions").status()).isEqualTo(200);
        HttpReply exported = gateway.get(path + "/export");
        assertThat(exported.status()).isEqualTo(200);
        assertThat(gateway.put(
                                "/v1/sessions/" + session + "/import",
                                exported.response().body())
                        .status())
                .isEqualTo(202);

        String deeper = "{\"question\":\"?\",\"metadata\":" + nested(65) + "}";
        int before = listed();
        for (BodyRoute route : List.of(
                new BodyRoute("POST", "/v1/sessions/too-deep/requests"), new BodyRoute("POST", "/v1/requests"))) {
            HttpReply rejected = route.send("application/json", deeper);
            assertThat(rejected.status()).isEqualTo(400);
            assertThat(rejected.text("detail")).startsWith("metadata must not be nested more than 64 levels");
        }
        String settings = deeper.replace("\"question\":\"?\",", "");
        assertThat(gateway.post("/v1/sessions", settings).status()).isEqualTo(400);
        assertThat(gateway.patch(path, settings).status()).isEqualTo(400);
        assertThat(gateway.get("/v1/sessions/too-deep").status()).isEqualTo(404);
        assertThat(listed()).as("a rejected call leaves no session behind").isEqualTo(before);
    }

    private static int listed() {
        return gateway.get("/v1/sessions?limit=100").json().path("sessions").size();
    }

    private static String nested(int depth) {
        return "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
    }

    /** URLs normalise these segments away, so that the links of such a session would lead to other routes. */
    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void noBodyNamesASessionThatNoUrlCanName(String id) throws Exception {
        String rid = "0192f1de-7a3c-7000-8000-000000000001";
        for (HttpReply reply : List.of(
                gateway.post("/ask", "{\"question\":\"?\",\"session_id\":\"" + id + "\"}"),
                gateway.post("/ask-stream", "{\"question\":\"?\",\"session_id\":\"" + id + "\"}"),
                gateway.post(
                        "/v1/sessions/s/fork",
                        "{\"after_request_id\":\"" + rid + "\",\"session_id\":\"" + id + "\"}"))) {
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.text("detail")).startsWith("session_id ");
        }
        try (TestSocket client = TestSocket.open(gateway, new String[0])) {
            for (String type : List.of("ask", "subscribe", "cancel")) {
                client.send("{'type':'%s','session_id':'%s','question':'?'}".formatted(type, id));
                assertThat(client.nextFrame().path("problem").path("detail").asString())
                        .as(type)
                        .isNotEmpty();
            }
        }
    }
}

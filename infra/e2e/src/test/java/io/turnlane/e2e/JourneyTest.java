package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.e2e.Client.Event;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A question, asked and followed in every way that the API offers. */
class JourneyTest {

    private static RunningTurnlane turnlane;
    private static Client client;

    private final String session = "s-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        turnlane = RunningTurnlane.start(
                4,
                "--turnlane.webhooks.enabled=true",
                "--turnlane.webhooks.allow-private=true",
                "--turnlane.webhooks.secrets=whsec_" + "A".repeat(32));
        client = new Client(turnlane.address());
    }

    @AfterAll
    static void stop() {
        client.close();
        turnlane.close();
    }

    @Test
    void isAcceptedAtOnceAndAnsweredLater() {
        ClientReply accepted = client.ask(session, "hello", Map.of("delay_ms", 300));
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.text("status")).isEqualTo("queued");
        assertThat(accepted.header("Location"))
                .endsWith("/v1/sessions/" + session + "/requests/" + accepted.text("request_id"));
        assertThat(accepted.header("X-Request-Id")).isEqualTo(accepted.text("request_id"));

        ClientReply done = client.get(accepted.header("Location") + "?wait=20");
        assertThat(done.text("status")).isEqualTo("completed");
        assertThat(done.object("answer").get("text")).isEqualTo("echo: hello");
        assertThat(done.text("question")).isEqualTo("hello");
        assertThat((Double) done.json().get("processing_time")).isBetween(0.3, 20.0);
        assertThat(done.json().get("attempt")).isEqualTo(1);
    }

    @Test
    void endsAtItsDeadlineWhileRunningOrWaiting() {
        Map<String, Object> metadata = Map.of("delay_ms", 20_000);
        Map<String, Object> body =
                Map.of("question", "slow", "agent", "echo", "metadata", metadata, "deadline_seconds", 1);
        ClientReply running = client.post("/v1/sessions/" + session + "/requests", body);
        ClientReply waiting = client.post("/v1/sessions/" + session + "/requests", body);
        for (ClientReply accepted : List.of(running, waiting)) {
            ClientReply done = client.get(accepted.header("Location") + "?wait=10");
            assertThat(done.text("status")).isEqualTo("failed");
            assertThat(done.object("error").get("code")).isEqualTo("deadline_exceeded");
        }
        assertThat(client.askAndWait(session, "and on", Map.of()).text("status"))
                .isEqualTo("completed");
    }

    /** The waiting calls return the request from its terminal event, the later call from the record in Redis. */
    @Test
    void looksTheSameToACallThatWaitedAndToALaterOne() {
        ClientReply asked = client.askAndWait(session, "hello", Map.of("delay_ms", 20, "deltas", 3));
        ClientReply accepted = client.ask(session, "again", Map.of("delay_ms", 500));
        ClientReply polled = client.get(accepted.header("Location") + "?wait=20");
        for (ClientReply waited : List.of(asked, polled)) {
            assertThat(waited.text("status")).isEqualTo("completed");
            String self = waited.object("links").get("self").toString();
            assertThat(waited.raw().body()).isEqualTo(client.get(self).raw().body());
        }
    }

    @Test
    void isStreamedAsEvents() {
        ClientReply accepted = client.ask(session, "one two three four", Map.of("delay_ms", 400, "deltas", 4));
        List<Event> events =
                client.stream(accepted.object("links").get("events").toString());
        assertThat(events.getFirst().type()).isEqualTo("started");
        assertThat(events.getLast().type()).isEqualTo("completed");
        assertThat(events).filteredOn(event -> event.type().equals("delta")).hasSizeGreaterThan(1);
        assertThat(deltas(events)).isEqualTo(events.getLast().answer()).isEqualTo("echo: one two three four");
    }

    @Test
    void isStreamedAgainAfterItsEnd() {
        ClientReply done = client.askAndWait(session, "hello", Map.of());
        List<Event> events = client.stream(done.object("links").get("events").toString());
        assertThat(events).extracting(Event::type).containsExactly("started", "delta", "completed");
        assertThat(deltas(events)).isEqualTo("echo: hello");
    }

    @Test
    void showsItsPhasesInTheTimeline() {
        ClientReply done = client.askAndWait(session, "hello", Map.of("delay_ms", 50));
        ClientReply timeline =
                client.get("/v1/sessions/" + session + "/requests/" + done.text("request_id") + "/timeline");
        assertThat(timeline.list("phases"))
                .extracting(phase -> phase.get("phase"))
                .containsExactly(
                        "RECEIVED",
                        "QUEUED",
                        "DEQUEUED",
                        "SESSION_ALLOCATED",
                        "PROVIDER_CALL_START",
                        "PROVIDER_CALL_END",
                        "SESSION_RELEASED",
                        "COMPLETED");
        assertThat(timeline.list("phases"))
                .extracting(phase -> Instant.parse((String) phase.get("at")))
                .isSorted();
        assertThat(timeline.text("processor")).startsWith("p-");
    }

    @Test
    void keepsASessionsContextAndHistoryUntilItIsDeleted() {
        ClientReply created = client.post("/v1/sessions", Map.of("agent", "echo", "metadata", Map.of("who", "a test")));
        assertThat(created.status()).isEqualTo(201);
        String sid = created.text("session_id");
        client.askAndWait(sid, "first", Map.of());
        client.askAndWait(sid, "second", Map.of());

        ClientReply context = client.get("/v1/sessions/" + sid);
        assertThat(context.json()).containsEntry("request_count", 2).containsEntry("agent", "echo");
        assertThat(context.object("metadata")).containsEntry("who", "a test");
        assertThat(client.get("/v1/sessions/" + sid + "/turns").list("turns"))
                .extracting(turn -> turn.get("answer"))
                .containsExactly("echo: first", "echo: second");

        assertThat(client.delete("/v1/sessions/" + sid).status()).isEqualTo(202);
        Eventually.holds(
                () -> assertThat(client.get("/v1/sessions/" + sid).status()).isEqualTo(404));
    }

    @Test
    void isAskedInAnAnonymousSession() {
        ClientReply reply = client.post("/v1/requests", Client.askBody("hello", Map.of()), "Prefer", "wait=20");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("session_id")).isNotBlank();
    }

    @Test
    void isAnsweredByTheShortForms() {
        ClientReply answer = client.post("/ask", Map.of("question", "hello", "agent", "echo", "session_id", session));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).containsEntry("answer", "echo: hello").containsEntry("session_id", session);
        assertThat(answer.json())
                .containsKeys("confidence", "processing_stage", "error", "request_id", "processing_time");
    }

    @Test
    void isCountedInTheStatistics() {
        client.askAndWait(session, "hello", Map.of());
        Eventually.holds(() -> {
            ClientReply stats = client.get("/api/stats");
            assertThat((Integer) stats.object("performance").get("total_requests"))
                    .isPositive();
            assertThat(stats.object("cache")).containsKeys("size", "max_size", "hits", "misses", "hit_rate");
            assertThat(stats.object("redis")).containsEntry("available", true);
        });
        assertThat(client.get("/livez").status()).isEqualTo(200);
        assertThat(client.get("/readyz").status()).isEqualTo(200);
        assertThat(client.get("/actuator/prometheus").raw().body()).contains("turnlane_asks_total");
    }

    @Test
    void isStreamedByAnyGateway() throws Exception {
        try (Client other = new Client(turnlane.addGateway())) {
            ClientReply accepted = client.ask(session, "here and there", Map.of("delay_ms", 500, "deltas", 5));
            String events = accepted.object("links").get("events").toString();
            assertThat(deltas(other.stream(events))).isEqualTo("echo: here and there");
        }
    }

    private static HttpServer receiver(BlockingQueue<String> posts) throws IOException {
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/hook", call -> {
            String id = call.getRequestHeaders().getFirst("webhook-id");
            posts.add(id + " " + new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            call.sendResponseHeaders(204, -1);
            call.close();
        });
        receiver.start();
        return receiver;
    }

    @Test
    void isAskedInABatchWhoseEndIsPostedOnce() throws Exception {
        BlockingQueue<String> posts = new LinkedBlockingQueue<>();
        HttpServer receiver = receiver(posts);
        try {
            String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
            List<Map<String, Object>> items = IntStream.range(0, 40)
                    .<Map<String, Object>>mapToObj(i -> i % 2 == 0
                            ? Map.of("question", "q" + i, "agent", "echo", "session_id", session)
                            : Map.of("question", i == 13 ? "" : "q" + i, "agent", "echo"))
                    .toList();
            ClientReply batch = client.post("/v1/batches", Map.of("items", items, "callback_url", url));
            assertThat(batch.status()).isEqualTo(202);
            String path = batch.header("Location");
            ClientReply ended = client.get(path + "?wait=60");
            assertThat(ended.text("status")).isEqualTo("ended");
            assertThat(ended.object("counts")).isEqualTo(Map.of("completed", 39, "not_accepted", 1));
            assertThat(client.get(path + "/results?limit=100").list("results"))
                    .hasSize(40)
                    .element(12)
                    .asString()
                    .contains("echo: q12");
            assertThat(posts.poll(30, TimeUnit.SECONDS))
                    .startsWith(batch.text("batch_id") + " {")
                    .contains("\"type\":\"batch_ended\"", "\"completed\":39");
            Eventually.holds(() -> assertThat(client.get(path).text("webhook")).isEqualTo("delivered"));
            assertThat(posts).as("further webhooks").isEmpty();
            assertThat(client.get("/v1/sessions/" + session + "/turns").list("turns"))
                    .extracting(turn -> turn.get("question"))
                    .containsExactly("q20", "q22", "q24", "q26", "q28", "q30", "q32", "q34", "q36", "q38");
        } finally {
            receiver.stop(0);
        }
    }

    @Test
    void isPostedToItsCallbackWhenItEnds() throws Exception {
        BlockingQueue<String> posts = new LinkedBlockingQueue<>();
        HttpServer receiver = receiver(posts);
        try {
            String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
            ClientReply accepted = client.post(
                    "/v1/sessions/" + session + "/requests",
                    Map.of("question", "call me", "agent", "echo", "callback_url", url));
            assertThat(accepted.status()).isEqualTo(202);
            assertThat(posts.poll(30, TimeUnit.SECONDS))
                    .startsWith(accepted.text("request_id") + " {")
                    .contains("\"type\":\"completed\"", "echo: call me");
            Eventually.holds(
                    () -> assertThat(client.get(accepted.header("Location")).text("webhook"))
                            .isEqualTo("delivered"));
        } finally {
            receiver.stop(0);
        }
    }

    private static String deltas(List<Event> events) {
        return String.join(
                "",
                events.stream()
                        .filter(event -> event.type().equals("delta"))
                        .map(Event::text)
                        .toList());
    }
}

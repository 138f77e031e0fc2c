package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Times of a request, and the request of a command. */
class RequestTimesTest {

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

    /** Stores these fields in a new request and returns it. Times are in milliseconds after its acceptance. */
    private JsonNode requestWith(String status, Map<String, Long> times) {
        JsonNode asked = gateway.ask(session, "?").json();
        long accepted = Instant.parse(asked.path("created_at").asString()).toEpochMilli();
        Map<String, byte[]> fields = new TreeMap<>();
        fields.put("status", status.getBytes(StandardCharsets.UTF_8));
        times.forEach((name, after) ->
                fields.put(name, Long.toString(accepted + after).getBytes(StandardCharsets.UTF_8)));
        MemoryKeys keys = new MemoryKeys(SessionKey.parse("-:" + session));
        processor
                .redis()
                .sync()
                .hset(keys.request(RequestId.parse(asked.path("request_id").asString())), fields);
        return gateway.get(asked.path("links").path("self").asString()).json();
    }

    private static void expect(JsonNode request, String queued, String run, String whole) {
        assertThat(request.path("queued_time")).as("queued").hasToString(queued);
        assertThat(request.path("run_time")).as("run").hasToString(run);
        assertThat(request.path("processing_time")).as("whole").hasToString(whole);
    }

    @Test
    void answersTheSameCreationTimeWhenARequestIsAskedAndRead() {
        for (int i = 0; i < 20; i++) {
            JsonNode asked = gateway.ask(session + i, "?").json();
            JsonNode read =
                    gateway.get(asked.path("links").path("self").asString()).json();
            assertThat(read.path("created_at")).isEqualTo(asked.path("created_at"));
        }
    }

    @Test
    void separatesTheTimeThatARequestWaitedFromTheTimeThatItRan() {
        expect(requestWith("queued", Map.of()), "null", "null", "null");
        expect(requestWith("running", Map.of("begun_at", 1000L, "started_at", 1000L)), "1.0", "null", "null");
        Map<String, Long> retried = Map.of("begun_at", 1000L, "started_at", 2500L, "finished_at", 3000L);
        expect(requestWith("completed", retried), "1.0", "2.0", "3.0");
    }

    @Test
    void countsOnlyWaitingForARequestThatNeverBegan() {
        expect(requestWith("cancelled", Map.of("finished_at", 500L)), "0.5", "0.0", "0.5");
    }

    @Test
    void neverShowsANegativeTime() {
        Map<String, Long> otherClock = Map.of("begun_at", -4000L, "started_at", -4000L, "finished_at", -3000L);
        expect(requestWith("completed", otherClock), "0.0", "0.0", "0.0");
        Map<String, Long> beganAfterItsEnd = Map.of("begun_at", 4000L, "started_at", 4000L, "finished_at", 3000L);
        expect(requestWith("completed", beganAfterItsEnd), "3.0", "0.0", "3.0");
    }

    @Test
    void showsNeitherQuestionNorAgentOfACommand() {
        gateway.ask(session, "?");
        String self = gateway.patch("/v1/sessions/" + session, "{\"metadata\":{\"a\":1}}")
                .header("Location");
        JsonNode command = gateway.get(self).json();
        assertThat(command.path("type").asString()).isEqualTo("update_session");
        assertThat(command.path("question").isNull()).isTrue();
        assertThat(command.path("agent").isNull()).isTrue();
    }
}

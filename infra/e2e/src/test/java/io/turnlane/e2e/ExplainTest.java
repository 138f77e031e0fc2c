package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.e2e.Client.Event;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.ToolOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Timelines with all steps, of turns of a running system. */
@Timeout(120)
class ExplainTest {

    private static final PromptedAgent AGENT = new PromptedAgent();
    private static RunningTurnlane turnlane;
    private static Client client;

    private final String session = "x-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        turnlane = RunningTurnlane.start(
                2,
                List.of(AGENT),
                "--turnlane.processor.retry.first=100ms",
                "--turnlane.processor.retrieval.enabled=false");
        client = new Client(turnlane.address());
    }

    @AfterAll
    static void stop() {
        AGENT.completeAll();
        client.close();
        turnlane.close();
    }

    private String ask(String question, String policy) {
        ClientReply asked = client.post(
                "/v1/sessions/" + session + "/requests",
                Map.of("question", question, "agent", "prompted", "policy", policy));
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        return asked.header("Location");
    }

    private String ask(String question) {
        return ask(question, "enqueue");
    }

    private static ClientReply explain(String request) {
        ClientReply timeline = client.get(request + "/timeline?steps=true");
        assertThat(timeline.status()).as(timeline.raw().body()).isEqualTo(200);
        assertThat(timeline.json()).containsEntry("complete", true);
        return timeline;
    }

    private static List<Object> kinds(ClientReply timeline) {
        return timeline.list("steps").stream().map(step -> step.get("step")).toList();
    }

    private static Map<String, Object> step(ClientReply timeline, String kind) {
        return timeline.list("steps").stream()
                .filter(step -> step.get("step").equals(kind))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no step " + kind + " in " + timeline.json()));
    }

    /** Waits until the turn has ended, without reading it as a client. */
    private static void awaitEnd(String request) {
        Eventually.holds(() -> assertThat(explain(request).json()).containsKey("ended_at"));
    }

    @Test
    void showsACompletedTurnFromItsGatewayToItsClient() {
        AGENT.script("all")
                .stage("thinking")
                .toolCall("search", ToolOutcome.COMPLETED)
                .delta("yes");
        String request = ask("all");
        client.streamUntil(ExplainTest::completeAfterText, request + "/events");
        Eventually.holds(() -> assertThat(kinds(explain(request))).contains("delivered"));

        ClientReply timeline = explain(request);
        assertThat(kinds(timeline))
                .containsExactly(
                        "accepted",
                        "logged",
                        "assigned",
                        "attempt",
                        "tool_call",
                        "stage",
                        "stored",
                        "ended",
                        "delivered");
        Map<String, Object> logged = step(timeline, "logged");
        assertThat(logged).containsEntry("partition", timeline.json().get("partition"));
        assertThat(logged).containsEntry("offset", timeline.json().get("offset"));
        assertThat(step(timeline, "assigned"))
                .containsEntry("processor", timeline.text("processor"))
                .containsKey("fence");
        assertThat(step(timeline, "attempt")).containsEntry("outcome", "completed");
        assertThat((String) step(timeline, "accepted").get("detail")).contains("100 open turns of the session");
        Map<String, Object> delivered = step(timeline, "delivered");
        assertThat(delivered)
                .containsEntry("name", "sse")
                .containsEntry("gateway", step(timeline, "accepted").get("gateway"))
                .containsEntry("offset", step(timeline, "ended").get("offset"));
        assertThat(timeline.list("steps"))
                .extracting(step -> Instant.parse((String) step.get("at")))
                .allSatisfy(at -> assertThat(at)
                        .isBetween(
                                Instant.parse(timeline.text("accepted_at")).minusSeconds(1),
                                Instant.parse(timeline.text("ended_at")).plusSeconds(60)));
        assertThat(timeline.json()).doesNotContainKey("waiting");
    }

    /** Ends the turn when the stream has its text, so that the stream reads the end from the log. */
    private static boolean completeAfterText(List<Event> events) {
        if (events.getLast().type().equals("delta")) {
            AGENT.script("all").complete();
        }
        return false;
    }

    @Test
    void showsNoDeliveryIfNobodyReceivedTheEnd() {
        AGENT.script("alone").complete();
        String request = ask("alone");
        awaitEnd(request);
        Eventually.holds(() -> assertThat(kinds(explain(request))).contains("ended"));
        assertThat(kinds(explain(request))).doesNotContain("delivered");
    }

    @Test
    void showsRetriesAndTheFailure() {
        AGENT.script("fails").fail().failPermanently(ErrorCode.AGENT_ERROR, "secret message");
        String request = ask("fails");
        assertThat(client.get(request + "?wait=60").text("status")).isEqualTo("failed");

        ClientReply timeline = explain(request);
        assertThat(kinds(timeline))
                .startsWith("accepted", "logged", "assigned", "attempt", "retry", "attempt", "stored", "ended");
        assertThat(step(timeline, "retry"))
                .containsEntry("outcome", "agent_error")
                .containsKey("until");
        assertThat((String) step(timeline, "stored").get("detail")).contains("agent_error", "copied to quarantine");
    }

    @Test
    void explainsARequestOfAnyUserByItsId() {
        AGENT.script("private").stage("secret stage").failPermanently(ErrorCode.AGENT_ERROR, "secret message");
        String request = ask("private");
        awaitEnd(request);
        String id = request.substring(request.lastIndexOf('/') + 1);

        ClientReply timeline = client.get("/v1/ops/requests/" + id + "/timeline");
        assertThat(timeline.json()).containsEntry("request_id", id).containsEntry("session_id", session);
        assertThat(kinds(timeline)).contains("accepted", "attempt", "stage", "stored");
        assertThat(client.get("/v1/ops/requests/" + UUID.randomUUID() + "/timeline")
                        .status())
                .isEqualTo(404);
        assertThat(client.get("/v1/ops/requests/0192f1de-7a3c-7000-8000-000000000001/timeline")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void saysBehindWhichRequestATurnWaitsAndHowBothEnd() {
        AGENT.script("first").delta("busy");
        String first = ask("first");
        Eventually.holds(() -> assertThat(AGENT.script("first").attempts()).isOne());
        assertThat(explain(first).json()).as("runs").doesNotContainKey("waiting");
        String cancelled = ask("second");
        String rejected = ask("third", "reject");

        Eventually.holds(() -> assertThat(kinds(explain(cancelled))).contains("queued"));
        Map<String, Object> waiting = explain(cancelled).object("waiting");
        assertThat(waiting).containsEntry("reason", "session");
        assertThat(first).endsWith((String) waiting.get("behind"));
        assertThat((String) waiting.get("sentence")).startsWith("It waits behind request ");
        awaitEnd(rejected);
        assertThat(step(explain(rejected), "stored")).containsEntry("outcome", "rejected");

        assertThat(client.post(cancelled + "/cancel", Map.of()).status()).isEqualTo(202);
        awaitEnd(cancelled);
        Eventually.holds(() -> assertThat(kinds(explain(cancelled)))
                .containsExactly("accepted", "logged", "queued", "cancel", "stored", "ended"));
        String merged = ask("fourth");
        String merges = ask("fifth", "coalesce");
        awaitEnd(merged);
        assertThat(step(explain(merged), "stored")).containsEntry("outcome", "superseded");

        assertThat(client.post(first + "/cancel", Map.of()).status()).isEqualTo(202);
        awaitEnd(first);
        Eventually.holds(() -> assertThat(kinds(explain(first)))
                .containsExactly("accepted", "logged", "assigned", "attempt", "cancel", "stored", "ended"));
        assertThat(client.post(merges + "/cancel", Map.of()).status()).isEqualTo(202);
        awaitEnd(merges);
        assertThat((String) step(explain(merges), "ended").get("detail")).contains("also answers");
    }

    @Test
    void staysShortUnlessStepsAreWanted() {
        AGENT.script("short").complete();
        String request = ask("short");
        awaitEnd(request);
        assertThat(client.get(request + "/timeline").json())
                .containsKeys("phases", "attempts")
                .doesNotContainKeys("steps", "complete", "accepted_at");
    }
}

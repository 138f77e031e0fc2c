package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Usage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Questions that are asked and answered in one call. */
@Timeout(60)
class ShortFormTest {

    private static TestGateway gateway;
    private static TestProcessor processor;

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

    @BeforeEach
    void answering() {
        processor.withScript(turn -> turn.answer("You said: " + turn.ask.question()));
    }

    private static ReceivedTurn turnOf(String requestId) throws InterruptedException {
        ReceivedTurn turn = processor.nextTurn();
        while (!turn.command.requestId().toString().equals(requestId)) {
            turn = processor.nextTurn();
        }
        return turn;
    }

    @Test
    void answersTheShortFormInOneCall() {
        HttpReply reply = gateway.post("/ask", "{\"question\":\"why?\",\"session_id\":\"s-short\"}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("answer")).isEqualTo("You said: why?");
        assertThat(reply.json().path("confidence").asDouble()).isEqualTo(0.75);
        assertThat(reply.text("processing_stage")).isEqualTo("completed");
        assertThat(reply.json().has("suggestions")).isFalse();
        assertThat(reply.json().path("error").isNull()).isTrue();
        assertThat(reply.text("session_id")).isEqualTo("s-short");
        assertThat(reply.text("request_id")).isEqualTo(reply.header("X-Request-Id"));
        assertThat(reply.json().path("processing_time").asDouble()).isPositive();
    }

    @Test
    void offersTheSuggestionsOfAnAnswer() {
        processor.withScript(turn -> turn.complete(new Answer(
                "No idea.", 0.2, List.of(), List.of(), List.of("What is a pool?", "What is gas?"), Usage.NONE)));
        HttpReply reply = gateway.post("/ask", "{\"question\":\"why?\"}");
        assertThat(reply.json().path("suggestions").values())
                .extracting(JsonNode::asString)
                .containsExactly("What is a pool?", "What is gas?");
    }

    @Test
    void publishesAllOptionsOfAShortForm() throws Exception {
        HttpReply reply = gateway.post("/ask", """
                {"question":"why?","session_id":"s-short","agent":"echo","metadata":{"delay_ms":5},
                 "deadline_seconds":60,"priority":"high","policy":"interrupt"}""");
        ReceivedTurn turn = turnOf(reply.text("request_id"));
        assertThat(turn.ask.agent()).isEqualTo("echo");
        assertThat(turn.ask.metadata()).containsEntry("delay_ms", 5);
        assertThat(turn.ask.deadline()).isEqualTo(Duration.ofSeconds(60));
        assertThat(turn.header("priority")).isEqualTo("high");
        assertThat(turn.header("policy")).isEqualTo("interrupt");
    }

    @Test
    void answersTheShortFormOfAFailedTurnWithItsError() {
        processor.withScript(turn -> turn.fail(ErrorCode.AGENT_ERROR, "it broke"));
        HttpReply reply = gateway.post("/ask", "{\"question\":\"why?\"}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("error")).isEqualTo("it broke");
        assertThat(reply.text("answer")).isEmpty();
    }

    @Test
    void streamsTheShortForm() throws Exception {
        var response = gateway.http()
                .send(
                        gateway.request("/ask-stream")
                                .header("Content-Type", "application/json")
                                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"question\":\"why?\"}"))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofInputStream());
        try (SseClient stream = new SseClient(response)) {
            assertThat(stream.header("Location")).endsWith(stream.header("X-Request-Id"));
            assertThat(stream.remainingEvents())
                    .extracting(SseClient.SseEvent::type)
                    .containsExactly("started", "delta", "completed");
        }
    }
}

package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.Answer;
import io.turnlane.model.RequestTimes;
import io.turnlane.model.Source;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Calls that wait for an answer return it from the terminal event, without reading the request record again. In these
 * tests, the record is stored after the reply.
 */
@Timeout(60)
class AnswersFromEventsTest {

    private static final Answer ANSWER = new Answer(
            "Grüße \"1\" & <b>2</b> \uD83D\uDE00",
            0.1 + 0.2,
            List.of(new Source("a", "A title", 1.0 / 3)),
            List.of(Map.of("kind", "table", "rows", List.of(List.of(1, 2.50, "x"), Map.of("k", true)))),
            new Usage(1, 12, 7));

    private static TestGateway gateway;
    private static TestProcessor processor;

    private final String requests = "/v1/sessions/s-" + UUID.randomUUID() + "/requests";

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
    void answerManually() {
        processor.withScript(TestProcessor.MANUAL);
    }

    /** Returns times of a second attempt: the first one began earlier. */
    private static RequestTimes times(ReceivedTurn turn) {
        Instant created = turn.ask.createdAt();
        return new RequestTimes(created.plusMillis(3), created.plusMillis(1_007), created.plusMillis(1_234));
    }

    private static void publishEnd(ReceivedTurn turn) {
        turn.attempt(2).publish(new TurnEvent.Completed(ANSWER, times(turn)));
    }

    private HttpReply askAndWait() {
        return gateway.post(
                requests,
                "{\"question\":\"Why?\",\"agent\":\"echo\",\"metadata\":{\"a\":1},\"deadline_seconds\":60}",
                "Prefer",
                "wait=20");
    }

    private static void assertSameAsGet(HttpReply answered, ReceivedTurn turn) {
        assertThat(answered.status()).isEqualTo(200);
        assertThat(answered.text("status")).isEqualTo("completed");
        turn.attempt(2).storeCompleted(ANSWER, times(turn));
        HttpReply read = gateway.get(answered.json().path("links").path("self").asString());
        assertThat(answered.response().body()).isEqualTo(read.response().body());
    }

    @Test
    void aQuestionThatWaitsReturnsTheSameBytesAsALaterGet() throws Exception {
        processor.withScript(AnswersFromEventsTest::publishEnd);
        HttpReply answered = askAndWait();
        assertSameAsGet(answered, processor.nextTurn());
    }

    @Test
    void aLongPollReturnsTheSameBytesAsALaterGet() throws Exception {
        HttpReply accepted = gateway.post(requests, "{\"question\":\"Why?\"}");
        ReceivedTurn turn = processor.nextTurn();
        String self = accepted.json().path("links").path("self").asString();
        CompletableFuture<HttpReply> poll = CompletableFuture.supplyAsync(() -> gateway.get(self + "?wait=20"));
        await().until(() -> gateway.bean(MeterRegistry.class)
                        .get("turnlane.clients")
                        .gauge()
                        .value()
                == 1);
        publishEnd(turn);
        assertSameAsGet(poll.get(), turn);
    }

    @Test
    void readsTheRecordIfTheEventLacksItsTimes() throws Exception {
        processor.withScript(turn -> {
            turn.attempt(2).storeCompleted(ANSWER, times(turn));
            turn.publish(new TurnEvent.Completed(ANSWER));
        });
        assertSameAsGet(askAndWait(), processor.nextTurn());
    }

    @Test
    void aResponseHasItsLength() throws Exception {
        HttpReply accepted = gateway.post(requests, "{\"question\":\"Why?\"}");
        processor.nextTurn();
        assertThat(accepted.header("Content-Length"))
                .isEqualTo("" + accepted.response().body().length());
        assertThat(accepted.header("Transfer-Encoding")).isNull();
    }
}

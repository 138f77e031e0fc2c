package io.turnlane.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** Contents of the streams of requests and sessions, and handling of slow readers. */
@Timeout(60)
class StreamTest {

    private static TestGateway gateway;
    private static TestProcessor processor;
    private String session;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("turnlane.gateway.streams.heartbeat=200ms", "server.tomcat.connection-timeout=2s");
        processor = new TestProcessor(gateway);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    @BeforeEach
    void answerManually(TestInfo test) {
        processor.withScript(TestProcessor.MANUAL);
        session = test.getTestMethod().orElseThrow().getName();
    }

    private ReceivedTurn ask(String question) throws InterruptedException {
        assertThat(gateway.ask(session, question).status()).isEqualTo(202);
        return processor.nextTurn();
    }

    private String events(ReceivedTurn turn) {
        return "/v1/sessions/" + session + "/requests/" + turn.ask.requestId() + "/events";
    }

    @Test
    void showsEventsFromBeforeAndAfterItWasOpened() throws Exception {
        ReceivedTurn turn = ask("?");
        turn.publish(new TurnEvent.Queued(0, null, null))
                .publish(new TurnEvent.Started())
                .delta("one ");
        try (SseClient stream = gateway.stream(events(turn))) {
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(stream.header("Cache-Control")).isEqualTo("no-store");
            assertThat(stream.header("X-Request-Id"))
                    .isEqualTo(turn.ask.requestId().toString());
            assertThat(stream.next().type()).isEqualTo("queued");
            assertThat(stream.next().type()).isEqualTo("started");
            assertThat(stream.next().json().path("text").asString()).isEqualTo("one ");
            turn.publish(new TurnEvent.Stage("thinking")).delta("two").complete("one two");
            assertThat(stream.remainingEvents())
                    .extracting(SseClient.SseEvent::type)
                    .containsExactly("stage", "delta", "completed");
        }
    }

    @Test
    void forwardsValuesUnchanged() throws Exception {
        ReceivedTurn turn = ask("?");
        String text = "ünï\n\"quoted\" \u2028 \uD83D\uDE80 \\ end";
        turn.publish(new TurnEvent.Started()).delta(text).complete(text);
        assertThat(gateway.stream(events(turn))
                        .remainingEvents()
                        .get(1)
                        .json()
                        .path("text")
                        .asString())
                .isEqualTo(text);
    }

    @Test
    void dropsDuplicatesAndLateEventsOfAnOlderAttempt() throws Exception {
        ReceivedTurn turn = ask("?");
        turn.publish(new TurnEvent.Started()).delta("first try, ");
        turn.emit(1, 1, new TurnEvent.Delta("first try, ", 0));
        turn.publish(new TurnEvent.Retrying(TurnError.of(ErrorCode.AGENT_ERROR, "no"), Instant.now()));
        turn.attempt(2).publish(new TurnEvent.Started());
        turn.emit(1, 3, new TurnEvent.Delta("late", 11));
        turn.delta("second").complete("second");
        turn.emit(1, 9, new TurnEvent.Failed(TurnError.of(ErrorCode.AGENT_ERROR, "no")));
        try (SseClient stream =
                gateway.stream("/v1/sessions/" + session + "/requests/" + turn.ask.requestId() + "/events")) {
            assertThat(stream.remainingEvents())
                    .extracting(SseClient.SseEvent::type)
                    .contains("completed")
                    .doesNotContain("failed");
        }
    }

    @Test
    void neverShowsTwoAttemptsJoined() throws Exception {
        ReceivedTurn turn = ask("?");
        try (SseClient stream = gateway.stream(events(turn))) {
            turn.publish(new TurnEvent.Started()).delta("a").attempt(2).publish(new TurnEvent.Started());
            turn.emit(1, 2, new TurnEvent.Delta("late", 1));
            turn.delta("b").complete("b");
            assertThat(stream.remainingEvents())
                    .extracting(e -> e.type()
                            + e.json().path("attempt").asInt()
                            + e.json().path("text").asString(""))
                    .containsExactly("started1", "delta1a", "started2", "delta2b", "completed2");
        }
    }

    @Test
    void showsAFinishedRequestFromItsRecord() throws Exception {
        ReceivedTurn turn = ask("?");
        turn.answer("forty-two");
        assertThat(gateway.get("/v1/sessions/" + session + "/requests/" + turn.ask.requestId() + "?wait=10")
                        .text("status"))
                .isEqualTo("completed");
        List<SseClient.SseEvent> events = gateway.stream(events(turn)).remainingEvents();
        assertThat(events).extracting(SseClient.SseEvent::type).containsExactly("started", "delta", "completed");
        assertThat(events.get(1).json().path("text").asString()).isEqualTo("forty-two");
        assertThat(events).extracting(e -> e.json().path("seq").asInt()).containsExactly(0, 1, 2);
    }

    @Test
    void showsAFailedRequestFromItsRecord() throws Exception {
        ReceivedTurn turn = ask("?");
        turn.fail(ErrorCode.AGENT_TIMEOUT, "it took too long");
        gateway.get("/v1/sessions/" + session + "/requests/" + turn.ask.requestId() + "?wait=10");
        List<SseClient.SseEvent> events = gateway.stream(events(turn)).remainingEvents();
        assertThat(events).extracting(SseClient.SseEvent::type).containsExactly("failed");
        assertThat(events.getFirst().json().path("error").path("code").asString())
                .isEqualTo("agent_timeout");
    }

    @Test
    void followsAllNewRequestsOfASession() throws Exception {
        ReceivedTurn before = ask("before");
        before.answer("not shown");
        gateway.get("/v1/sessions/" + session + "/requests/" + before.ask.requestId() + "?wait=10");
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events")) {
            ask("1").answer("one");
            ask("2").answer("two");
            assertThat(List.of(
                            stream.next(), stream.next(), stream.next(), stream.next(), stream.next(), stream.next()))
                    .extracting(SseClient.SseEvent::type)
                    .containsExactly("started", "delta", "completed", "started", "delta", "completed");
        }
    }

    @Test
    void neverShowsAnotherSessionsEvents() throws Exception {
        ReceivedTurn mine = ask("?");
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events")) {
            for (int i = 0; i < 20; i++) {
                assertThat(gateway.ask("other-" + i, "secret").status()).isEqualTo(202);
                processor.nextTurn().answer("secret");
            }
            mine.answer("mine");
            assertThat(List.of(stream.next(), stream.next(), stream.next()))
                    .extracting(e -> e.json().path("session_id").asString())
                    .containsOnly(session);
        }
    }

    @Test
    void sendsHeartbeatsWhileNothingHappens() throws Exception {
        ReceivedTurn turn = ask("?");
        try (SseClient stream = gateway.stream(events(turn))) {
            stream.onComment(count -> {
                if (count == 3) {
                    turn.answer("at last");
                }
            });
            assertThat(stream.remainingEvents())
                    .extracting(SseClient.SseEvent::type)
                    .containsExactly("started", "delta", "completed");
            assertThat(stream.comments()).hasSizeGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void disconnectsAClientThatDoesNotReadAndServesTheOthers() throws Exception {
        ReceivedTurn turn = ask("?");
        EventStreams streams = gateway.bean(EventStreams.class);
        try (Socket slow = new Socket();
                SseClient quick = gateway.stream(events(turn))) {
            slow.setReceiveBufferSize(4096);
            slow.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
            slow.getOutputStream()
                    .write(("GET " + events(turn) + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(UTF_8));
            await().until(() -> streams.clients() == 2);
            turn.publish(new TurnEvent.Started());
            assertThat(quick.next().type()).isEqualTo("started");
            String piece = "x".repeat(60_000);
            for (int i = 0; i < 200; i++) {
                turn.delta(piece);
                assertThat(quick.next().type()).isEqualTo("delta");
            }
            await().until(() -> streams.clients() == 1);
            turn.complete("end");
            assertThat(quick.remainingEvents())
                    .extracting(SseClient.SseEvent::type)
                    .containsExactly("completed");
        }
    }

    @Test
    void answersHeadWithoutStreaming() throws Exception {
        ReceivedTurn turn = ask("?");
        HttpReply head = gateway.send(gateway.request(events(turn)).method("HEAD", BodyPublishers.noBody()));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
    }

    @Test
    void deliversALargeAnswerThroughASmallOutbox() throws Exception {
        ReceivedTurn turn = ask("?");
        String large = "\u0001".repeat(256 * 1024);
        try (SseClient stream = gateway.stream(events(turn))) {
            turn.publish(new TurnEvent.Started()).delta("x").complete(large);
            assertThat(stream.remainingEvents()
                            .getLast()
                            .json()
                            .path("answer")
                            .path("text")
                            .asString())
                    .isEqualTo(large);
        }
    }
}

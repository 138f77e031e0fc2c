package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.TurnEvent;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asking and following over WebSockets. */
@Timeout(60)
class SocketTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static TestGateway gateway;
    private static TestProcessor processor;
    private static volatile Runnable afterPublishing = () -> {};

    @BeforeAll
    static void start() {
        gateway = TestGateway.startPublishing(
                log -> (command, eventsFrom, traceparent) -> {
                    log.publish(command, eventsFrom, traceparent);
                    afterPublishing.run();
                },
                "turnlane.gateway.sockets.send-timeout=2s",
                "turnlane.gateway.streams.heartbeat=100ms");
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

    private static TestSocket open() {
        return TestSocket.open(gateway, new String[0]);
    }

    @Test
    void answersAnAskWithAcceptedAndItsEvents() throws Exception {
        try (TestSocket client = open()) {
            assertThat(client.protocol()).isEqualTo("turnlane.v1");
            client.send("{'type':'ask','ref':'1','session_id':'ws-ask','question':'why?'}");
            JsonNode accepted = client.nextFrame();
            assertThat(accepted.path("type").asString()).isEqualTo("accepted");
            assertThat(accepted.path("ref").asString()).isEqualTo("1");
            for (String type : List.of("started", "delta", "completed")) {
                JsonNode frame = client.nextFrame();
                assertThat(frame.path("type").asString()).isEqualTo("event");
                assertThat(frame.path("cursor").asString()).isNotEmpty();
                assertThat(frame.path("event").path("type").asString()).isEqualTo(type);
                assertThat(frame.path("event").path("request_id")).isEqualTo(accepted.path("request_id"));
            }
        }
    }

    private static void awaitAnswer(SseClient stream, String question) {
        SseClient.SseEvent event = stream.next();
        while (!event.type().equals("completed")
                || !event.json().path("answer").path("text").asString().equals("You said: " + question)) {
            event = stream.next();
        }
    }

    @Test
    void sendsAcceptedBeforeTheEventsOfTheTurnEvenIfTheAnswerIsQuicker() throws Exception {
        String first = gateway.ask("ws-order", "makes the session").header("Location");
        assertThat(gateway.get(first + "?wait=20").text("status")).isEqualTo("completed");
        try (TestSocket client = open();
                SseClient other = gateway.stream("/v1/sessions/ws-order/events")) {
            // A later event of the first turn would reach the socket, because it follows the whole session.
            gateway.ask("ws-order", "read before");
            awaitAnswer(other, "read before");
            // The whole answer passes this gateway before the asking thread continues.
            afterPublishing = () -> awaitAnswer(other, "quick");
            client.send("{'type':'ask','ref':'1','session_id':'ws-order','question':'quick'}");
            assertThat(client.nextFrame().path("type").asString()).isEqualTo("accepted");
            assertThat(client.nextFrame().path("event").path("type").asString()).isEqualTo("started");
            assertThat(client.nextFrame().path("event").path("type").asString()).isEqualTo("delta");
            assertThat(client.nextFrame().path("event").path("type").asString()).isEqualTo("completed");
        } finally {
            afterPublishing = () -> {};
        }
    }

    @Test
    void resumesAfterACursor() throws Exception {
        String cursor;
        try (TestSocket client = open()) {
            client.send("{'type':'ask','session_id':'ws-resume','question':'?'}")
                    .nextFrame();
            cursor = client.nextFrame().path("cursor").asString();
        }
        try (TestSocket client = open()) {
            client.send("{'type':'subscribe','session_id':'ws-resume','after':'%s'}".formatted(cursor));
            assertThat(client.nextFrame().path("type").asString()).isEqualTo("subscribed");
            assertThat(client.nextFrame().path("event").path("type").asString()).isEqualTo("delta");
            assertThat(client.nextFrame().path("event").path("type").asString()).isEqualTo("completed");
        }
    }

    @Test
    void sendsNothingAfterUnsubscribe() throws Exception {
        processor.withScript(TestProcessor.MANUAL);
        try (TestSocket client = open()) {
            client.send("{'type':'ask','session_id':'ws-bye','question':'?'}").nextFrame();
            ReceivedTurn turn = nextTurn("ws-bye");
            turn.publish(new TurnEvent.Started());
            assertThat(client.nextFrame().path("event").path("type").asString()).isEqualTo("started");
            client.send("{'type':'unsubscribe','ref':'u','session_id':'ws-bye'}")
                    .send("{'type':'ping'}");
            JsonNode left = client.nextFrame();
            assertThat(left.path("type").asString()).isEqualTo("unsubscribed");
            assertThat(left.path("ref").asString()).isEqualTo("u");
            assertThat(client.nextFrame().path("type").asString()).isEqualTo("pong");
            turn.complete("not delivered");
            gateway.get("/v1/sessions/ws-bye/requests/" + turn.ask.requestId() + "?wait=10");
            client.send("{'type':'ping','ref':'p'}");
            assertThat(client.nextFrame().path("ref").asString()).isEqualTo("p");
        }
    }

    private static ReceivedTurn nextTurn(String session) throws InterruptedException {
        ReceivedTurn turn = processor.nextTurn();
        while (!turn.ask.sessionId().value().equals(session)) {
            turn = processor.nextTurn();
        }
        return turn;
    }

    /** An acknowledgement contains a cursor before any event. */
    @Test
    void resumesAfterTheCursorOfAnAcknowledgement() throws Exception {
        processor.withScript(TestProcessor.MANUAL);
        String accepted;
        String subscribed;
        try (TestSocket client = open()) {
            client.send("{'type':'ask','ref':'1','session_id':'ws-place','question':'?'}");
            accepted = client.nextFrame().path("cursor").asString();
        }
        try (TestSocket client = open()) {
            client.send("{'type':'subscribe','ref':'2','session_id':'ws-place'}");
            JsonNode reply = client.nextFrame();
            assertThat(reply.path("type").asString()).isEqualTo("subscribed");
            assertThat(reply.path("ref").asString()).isEqualTo("2");
            subscribed = reply.path("cursor").asString();
        }
        nextTurn("ws-place").answer("published while no client was connected");
        for (String cursor : List.of(accepted, subscribed)) {
            try (TestSocket client = open()) {
                client.send("{'type':'subscribe','session_id':'ws-place','after':'%s'}".formatted(cursor));
                assertThat(List.of(client.nextFrame(), client.nextFrame(), client.nextFrame(), client.nextFrame()))
                        .extracting(frame -> frame.path("event").path("type").asString(""))
                        .containsExactly("", "started", "delta", "completed");
            }
        }
    }

    /** Three sessions on one connection, whose events alternate. */
    @Test
    void keepsManySessionsApartWhileTheyInterleave() throws Exception {
        processor.withScript(TestProcessor.MANUAL);
        try (TestSocket client = open()) {
            List<ReceivedTurn> turns = new ArrayList<>();
            for (String session : List.of("ws-a", "ws-b", "ws-c")) {
                client.send("{'type':'ask','ref':'%s','session_id':'%s','question':'?'}".formatted(session, session));
                assertThat(client.nextFrame().path("ref").asString()).isEqualTo(session);
                turns.add(nextTurn(session).publish(new TurnEvent.Started()));
                assertThat(client.nextFrame().path("event").path("type").asString())
                        .isEqualTo("started");
            }
            Map<String, StringBuilder> received = new HashMap<>();
            for (int i = 0; i < 10; i++) {
                for (ReceivedTurn turn : turns) {
                    turn.delta(turn.ask.sessionId() + "-" + i + " ");
                }
                client.send("{'type':'ping','ref':'%d'}".formatted(i));
            }
            turns.forEach(turn -> turn.complete("end"));
            for (int i = 0; i < 43; i++) {
                JsonNode event = client.nextFrame().path("event");
                received.computeIfAbsent(event.path("session_id").asString(""), _ -> new StringBuilder())
                        .append(event.path("text").asString(""));
            }
            for (String session : List.of("ws-a", "ws-b", "ws-c")) {
                assertThat(received.get(session).toString().strip().split(" "))
                        .containsExactly(IntStream.range(0, 10)
                                .mapToObj(i -> session + "-" + i)
                                .toArray(String[]::new));
            }
        }
    }

    /** The slow client subscribes to a session and never reads; the quick client follows the same session. */
    @Test
    void disconnectsAClientThatDoesNotReadAndServesTheOthers() throws Exception {
        processor.withScript(TestProcessor.MANUAL);
        await().until(() -> followers() == 0);
        try (TestSocket quick = open();
                Socket slow = TestSocket.raw(gateway, "Sec-WebSocket-Protocol: turnlane.v1")) {
            quick.send("{'type':'ask','session_id':'ws-slow','question':'?'}").nextFrame();
            ReceivedTurn turn = nextTurn("ws-slow");
            sendMasked(slow.getOutputStream(), "{\"type\":\"subscribe\",\"session_id\":\"ws-slow\"}");
            await().atMost(Duration.ofSeconds(10)).until(() -> followers() == 2);
            turn.publish(new TurnEvent.Started());
            String piece = "x".repeat(60_000);
            for (int i = 0; i < 200; i++) {
                turn.delta(piece);
                assertThat(quick.nextFrame()).isNotNull();
            }
            await().atMost(Duration.ofSeconds(5)).until(() -> followers() == 1);
            turn.complete("end");
            JsonNode last = quick.nextFrame();
            while (last.path("event").path("type").asString().equals("delta")
                    || last.path("event").path("type").asString().equals("started")) {
                last = quick.nextFrame();
            }
            assertThat(last.path("event").path("type").asString()).isEqualTo("completed");
            drain(slow.getInputStream());
        }
    }

    private static int followers() {
        return gateway.bean(io.turnlane.gateway.turns.deliver.EventStreams.class)
                .clients();
    }

    private static void drain(InputStream in) {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (java.io.IOException cut) {
            // The gateway has disconnected the client, as expected.
        }
    }

    private static void sendMasked(OutputStream out, String text) throws java.io.IOException {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        out.write(new byte[] {(byte) 0x81, (byte) (0x80 | payload.length), 0, 0, 0, 0});
        out.write(payload);
        out.flush();
    }
}

package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.gateway.turns.ask.TurnPublisher;
import io.turnlane.model.TurnEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Streams and sockets end at their maximum age, and clients continue without a loss. */
@Timeout(60)
class StreamAgeTest {

    private static TestGateway gateway;
    private static TestProcessor processor;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("turnlane.gateway.streams.max-age=1s");
        processor = new TestProcessor(gateway).withScript(TestProcessor.MANUAL);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    @Test
    void continuesARequestOnANewStreamAfterTheLastCursor() throws Exception {
        gateway.ask("aged", "?");
        ReceivedTurn turn = processor.nextTurn().publish(new TurnEvent.Started());
        String events = "/v1/sessions/aged/requests/" + turn.ask.requestId() + "/events";
        String cursor = "";
        List<String> types = new ArrayList<>();
        for (int connection = 0; connection < 3; connection++) {
            turn.delta("piece " + connection);
            try (SseClient stream = gateway.stream(events, "Last-Event-ID", cursor)) {
                for (SseClient.SseEvent event : stream.remainingEvents()) {
                    types.add(event.type());
                    cursor = event.id();
                }
                assertThat(stream.retry()).isEqualTo("1000");
            }
        }
        turn.complete("done");
        gateway.stream(events, "Last-Event-ID", cursor).remainingEvents().forEach(event -> types.add(event.type()));
        assertThat(types).containsExactly("started", "delta", "delta", "delta", "completed");
    }

    @Test
    void continuesASessionWithoutEventsAfterItsStartingCursor() throws Exception {
        gateway.ask("quiet", "?");
        ReceivedTurn turn = processor.nextTurn();
        String start;
        try (SseClient stream = gateway.stream("/v1/sessions/quiet/events")) {
            start = stream.nextCursor();
            assertThat(stream.remainingEvents()).isEmpty();
        }
        turn.answer("while no client was connected");
        try (SseClient stream = gateway.stream("/v1/sessions/quiet/events", "Last-Event-ID", start)) {
            assertThat(List.of(stream.next(), stream.next(), stream.next()))
                    .extracting(SseClient.SseEvent::type)
                    .containsExactly("started", "delta", "completed");
        }
    }

    /**
     * Without the reply, the client could not know if its question was accepted. The maximum age is longer than in the
     * other tests, because the question must arrive before it.
     */
    @Test
    void confirmsAQuestionThatIsBeingAcceptedWhenASocketReachesItsMaximumAge() throws Exception {
        UnaryOperator<TurnPublisher> slow = log -> {
            UnreliablePublisher publisher = new UnreliablePublisher(log);
            publisher.failNext(publish -> CompletableFuture.runAsync(
                            publish, CompletableFuture.delayedExecutor(3_200, TimeUnit.MILLISECONDS))
                    .join());
            return publisher;
        };
        try (TestGateway own = TestGateway.startPublishing(slow, "turnlane.gateway.streams.max-age=3s");
                TestProcessor receiver = new TestProcessor(own).withScript(TestProcessor.MANUAL);
                TestSocket socket = TestSocket.open(own, new String[0])) {
            socket.send("{'type':'ask','session_id':'ws-slow','question':'?'}");
            assertThat(socket.nextFrame().path("type").asString()).isEqualTo("accepted");
            receiver.nextTurn();
            assertThat(socket.closeStatus()).isEqualTo(1012);
        }
    }

    @Test
    void closesASocketWith1012AndContinuesAfterItsCursor() throws Exception {
        String cursor;
        ReceivedTurn turn;
        try (TestSocket socket = TestSocket.open(gateway, new String[0])) {
            socket.send("{'type':'ask','session_id':'ws-aged','question':'?'}");
            cursor = socket.nextFrame().path("cursor").asString();
            turn = processor.nextTurn();
            assertThat(socket.closeStatus()).isEqualTo(1012);
            assertThat(socket.closeReason()).isEqualTo("the connection has reached its maximum age");
        }
        turn.answer("while no client was connected");
        try (TestSocket socket = TestSocket.open(gateway, new String[0])) {
            socket.send("{'type':'subscribe','session_id':'ws-aged','after':'%s'}".formatted(cursor));
            socket.nextFrame();
            for (String type : List.of("started", "delta", "completed")) {
                JsonNode frame = socket.nextFrame();
                assertThat(frame.path("event").path("type").asString()).isEqualTo(type);
            }
        }
    }
}

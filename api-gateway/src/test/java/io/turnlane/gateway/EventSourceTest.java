package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.SseClient.SseEvent;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Follows requests as the EventSource of the HTML standard does: whenever a response with status 200 ends, the client
 * reconnects with the last id that it received. Only another status stops it.
 */
@Timeout(60)
class EventSourceTest {

    private static final int MAX_CALLS = 4;

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

    /** Calls of one EventSource: their statuses and all events received. */
    private record Followed(List<Integer> statuses, List<SseEvent> events) {

        List<String> types() {
            return events.stream().map(SseEvent::type).toList();
        }
    }

    private static Followed follow(String path, String firstId) {
        Followed followed = new Followed(new ArrayList<>(), new ArrayList<>());
        String lastId = firstId;
        int status = 200;
        while (status == 200 && followed.statuses().size() < MAX_CALLS) {
            String[] headers = lastId.isEmpty() ? new String[0] : new String[] {"Last-Event-ID", lastId};
            try (SseClient stream = gateway.stream(path, headers)) {
                status = stream.status();
                followed.statuses().add(status);
                for (SseEvent event : status == 200 ? stream.remainingEvents() : List.<SseEvent>of()) {
                    followed.events().add(event);
                    lastId = event.id() == null ? lastId : event.id();
                }
            }
        }
        return followed;
    }

    private String events(ReceivedTurn turn) {
        return "/v1/sessions/" + session + "/requests/" + turn.ask.requestId() + "/events";
    }

    private ReceivedTurn ask() throws InterruptedException {
        assertThat(gateway.ask(session, "?").status()).isEqualTo(202);
        return processor.nextTurn();
    }

    private void awaitEnd(ReceivedTurn turn) {
        gateway.get("/v1/sessions/" + session + "/requests/" + turn.ask.requestId() + "?wait=10");
    }

    private static Arguments end(Consumer<ReceivedTurn> end, String... types) {
        return Arguments.of(end, List.of(types));
    }

    static Stream<Arguments> ends() {
        return Stream.of(
                end(turn -> turn.answer("text"), "started", "delta", "completed"),
                end(turn -> turn.fail(ErrorCode.AGENT_TIMEOUT, "too slow"), "failed"),
                end(turn -> turn.storeTerminalStatus(RequestStatus.CANCELLED, "requested", null), "cancelled"),
                end(turn -> turn.storeTerminalStatus(RequestStatus.REJECTED, "session_busy", null), "rejected"));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void stopsAfterOneReplayOfAFinishedRequest(Consumer<ReceivedTurn> end, List<String> types) throws Exception {
        ReceivedTurn turn = ask();
        end.accept(turn);
        awaitEnd(turn);
        Followed followed = follow(events(turn), "");
        assertThat(followed.statuses()).containsExactly(200, 204);
        assertThat(followed.types()).isEqualTo(types);
    }

    @Test
    void stopsAfterTheEndOfARequestThatItFollowed() throws Exception {
        ReceivedTurn turn = ask();
        Thread answer = Thread.ofVirtual().start(() -> turn.answer("text"));
        Followed followed = follow(events(turn), "");
        answer.join();
        assertThat(followed.statuses()).containsExactly(200, 204);
        assertThat(followed.types()).containsExactly("started", "delta", "completed");
    }

    /** The gateway takes the terminal event from the record if nobody has published it in time. */
    @Test
    void stopsAfterATerminalEventThatWasNeverPublished() throws Exception {
        ReceivedTurn turn = ask().publish(new TurnEvent.Started());
        String cursor;
        try (SseClient stream = gateway.stream(events(turn))) {
            cursor = stream.next().id();
        }
        turn.storeTerminalStatus(RequestStatus.FAILED, "", null);
        byte[] longAgo = "1000".getBytes(StandardCharsets.UTF_8);
        String key = new MemoryKeys(turn.ask.key()).request(turn.ask.requestId());
        processor.redis().sync().hset(key, "finished_at", longAgo);
        Followed followed = follow(events(turn), cursor);
        assertThat(followed.statuses()).containsExactly(200, 204);
        assertThat(followed.types()).containsExactly("failed");
    }

    @Test
    void stopsAfterAGapOfAFinishedRequest() throws Exception {
        ReceivedTurn turn = ask();
        turn.answer("text");
        awaitEnd(turn);
        Cursor foreign = Cursor.at(SessionKey.of(null, new SessionId("other")), turn.record.partition(), 0);
        Followed followed = follow(events(turn), foreign.toString());
        assertThat(followed.statuses()).containsExactly(200, 204);
        assertThat(followed.types()).containsExactly("gap", "completed");
        assertThat(followed.events()).extracting(SseEvent::id).doesNotContainNull();
    }

    /** A client that is disconnected in the middle of a replay receives all of it again. */
    @Test
    void givesAnIdOnlyToTheEndOfAReplay() throws Exception {
        ReceivedTurn turn = ask();
        turn.answer("text");
        awaitEnd(turn);
        List<SseEvent> events = gateway.stream(events(turn)).remainingEvents();
        assertThat(events.subList(0, 2)).extracting(SseEvent::id).containsOnlyNulls();
        assertThat(events.getLast().id()).isNotNull();
    }

    /** The id of a replay is a cursor of the session, too. */
    @Test
    void continuesTheSessionAfterTheIdOfAReplay() throws Exception {
        ReceivedTurn first = ask();
        first.answer("text");
        awaitEnd(first);
        String cursor =
                gateway.stream(events(first)).remainingEvents().getLast().id();
        ReceivedTurn second = ask();
        second.answer("more");
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events?after=" + cursor)) {
            assertThat(List.of(stream.next(), stream.next(), stream.next()))
                    .allSatisfy(
                            event -> assertThat(event.json().path("request_id").asString())
                                    .isEqualTo(second.ask.requestId().toString()));
        }
    }
}

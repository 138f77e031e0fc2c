package io.turnlane.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.store.MemoryKeys;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** Cursors of a stream: resuming after a cursor, and gaps if that is not possible. */
@Timeout(60)
class StreamCursorTest {

    private static TestGateway gateway;
    private static TestProcessor processor;
    private String session;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("turnlane.gateway.streams.heartbeat=200ms");
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
    void resumesAfterTheCursorAndAnswers204AfterTheLast() throws Exception {
        ReceivedTurn turn = ask("?");
        turn.answer("text");
        String first;
        String last;
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events?after=" + startOf(turn))) {
            first = stream.next().id();
            stream.next();
            last = stream.next().id();
        }
        assertThat(gateway.stream(events(turn), "Last-Event-ID", first).remainingEvents())
                .extracting(SseClient.SseEvent::type)
                .containsExactly("delta", "completed");
        assertThat(gateway.stream(events(turn) + "?after=" + first).remainingEvents())
                .hasSize(2);
        assertThat(gateway.stream(events(turn), "Last-Event-ID", last).status()).isEqualTo(204);
    }

    @Test
    void resumesARequestWhoseRecordIsLost() throws Exception {
        ReceivedTurn turn = ask("?");
        turn.publish(new TurnEvent.Started()).delta("one ");
        String cursor;
        try (SseClient stream = gateway.stream(events(turn))) {
            stream.next();
            cursor = stream.next().id();
        }
        processor.redis().sync().del(new MemoryKeys(turn.ask.key()).request(turn.ask.requestId()));
        try (SseClient stream = gateway.stream(events(turn), "Last-Event-ID", cursor)) {
            assertThat(stream.status()).isEqualTo(200);
            turn.delta("two").complete("one two");
            assertThat(stream.remainingEvents())
                    .extracting(SseClient.SseEvent::type)
                    .containsExactly("delta", "completed");
        }
    }

    @Test
    void answers404ForARequestWithoutRecordAndEvents() throws Exception {
        ReceivedTurn turn = ask("?");
        MemoryKeys keys = new MemoryKeys(turn.ask.key());
        processor.redis().sync().del(keys.request(turn.ask.requestId()), keys.openRequestIds()); // as if it had expired
        Cursor lost = Cursor.at(turn.ask.key(), turn.record.partition(), 1_000_000);
        assertThat(gateway.stream(events(turn), "Last-Event-ID", lost.toString())
                        .status())
                .isEqualTo(404);
        assertThat(gateway.stream(events(turn)).status()).isEqualTo(404);
    }

    /** Returns the cursor right before the events of this turn. */
    private Cursor startOf(ReceivedTurn turn) {
        long from = Long.parseLong(turn.header("events-from"));
        return Cursor.at(SessionKey.of(null, new SessionId(session)), turn.record.partition(), from - 1);
    }

    @Test
    void answers204IfTheRequestEndedLongBeforeTheCursor() throws Exception {
        ReceivedTurn first = ask("1");
        first.answer("text");
        ReceivedTurn second = ask("2");
        second.answer("more");
        String past;
        try (SseClient stream = gateway.stream(events(second) + "?after=" + startOf(second))) {
            past = stream.remainingEvents().getLast().id();
        }
        MemoryKeys keys = new MemoryKeys(first.ask.key());
        processor
                .redis()
                .sync()
                .hset(keys.request(first.ask.requestId()), Map.of("finished_at", "1000".getBytes(UTF_8)));
        assertThat(gateway.stream(events(first), "Last-Event-ID", past).status())
                .isEqualTo(204);
    }

    @Test
    void sendsGapWithASnapshotForACursorOfAnotherSession() throws Exception {
        ReceivedTurn turn = ask("?");
        turn.publish(new TurnEvent.Started()).delta("lost");
        try (SseClient before = gateway.stream(events(turn))) {
            assertThat(List.of(before.next(), before.next())).hasSize(2);
        }
        Cursor foreign = Cursor.at(SessionKey.of(null, new SessionId("other")), turn.record.partition(), 0);
        try (SseClient stream = gateway.stream(events(turn), "Last-Event-ID", foreign.toString())) {
            SseClient.SseEvent gap = stream.next();
            assertThat(gap.type()).isEqualTo("gap");
            assertThat(gap.id()).isNotNull();
            assertThat(gap.json().path("snapshot").path("request_id").asString())
                    .isEqualTo(turn.ask.requestId().toString());
            turn.delta("withheld").publish(new TurnEvent.Stage("said")).complete("lost withheld");
            assertThat(stream.remainingEvents())
                    .extracting(SseClient.SseEvent::type)
                    .containsExactly("stage", "completed");
        }
    }

    /** Deletes the beginning of the topic, as its retention does. */
    @Test
    void sendsGapIfTheLogBeginsAfterTheCursor() throws Exception {
        ReceivedTurn turn = ask("?");
        Cursor expired = startOf(turn);
        turn.publish(new TurnEvent.Started()).delta("gone");
        try (SseClient before = gateway.stream(events(turn))) {
            assertThat(List.of(before.next(), before.next())).hasSize(2);
        }
        deleteEvents(turn, expired.offset() + 2);
        for (String path : List.of(events(turn), "/v1/sessions/" + session + "/events")) {
            try (SseClient stream = gateway.stream(path, "Last-Event-ID", expired.toString())) {
                SseClient.SseEvent gap = stream.next();
                assertThat(gap.type()).isEqualTo("gap");
                assertThat(gap.json().path("snapshot").toString())
                        .contains(turn.ask.requestId().toString());
            }
        }
    }

    private static void deleteEvents(ReceivedTurn turn, long before) throws Exception {
        try (Admin admin = Admin.create(gateway.backends().kafka())) {
            TopicPartition partition = new TopicPartition(gateway.topics().events(), turn.record.partition());
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)))
                    .all()
                    .get();
        }
    }

    /** Asks and answers in a new session, and returns the cursor after the answer. */
    private String cursorAfterAnswer() throws Exception {
        session = gateway.post("/v1/sessions", "{}").text("session_id");
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events")) {
            stream.nextCursor();
            ask("?").answer("text");
            return List.of(stream.next(), stream.next(), stream.next())
                    .getLast()
                    .id();
        }
    }

    /** Answers a turn of another session in the partition, and deletes events after the cursor. */
    private void trimLogAfter(String cursor) throws Exception {
        Cursor old = Cursor.parse(cursor);
        ReceivedTurn other = turnInPartition(old.partition());
        String events = "/v1/sessions/" + other.ask.sessionId() + "/requests/" + other.ask.requestId() + "/events";
        try (SseClient stream = gateway.stream(events)) {
            stream.next();
            other.answer("of another session");
            // The gateway has then read the events. Otherwise, the old cursor might still be at the end of the log.
            assertThat(stream.remainingEvents().getLast().type()).isEqualTo("completed");
        }
        deleteEvents(other, old.offset() + 3);
    }

    @Test
    void sendsNoGapToAClientThatMissedNoEventOfItsSession() throws Exception {
        String old = cursorAfterAnswer();
        trimLogAfter(old);
        String fresh;
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events", "Last-Event-ID", old)) {
            fresh = stream.nextCursor();
        }
        assertThat(Cursor.parse(fresh).offset()).isGreaterThan(Cursor.parse(old).offset());
        ask("?").answer("asked while the client was away");
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events", "Last-Event-ID", fresh)) {
            assertThat(List.of(stream.next(), stream.next(), stream.next()))
                    .extracting(SseClient.SseEvent::type)
                    .containsExactly("started", "delta", "completed");
        }
    }

    @Test
    void sendsNoGapToASocketThatMissedNoEventOfItsSession() throws Exception {
        String old = cursorAfterAnswer();
        trimLogAfter(old);
        try (TestSocket socket = TestSocket.open(gateway, new String[0])) {
            socket.send("{'type':'subscribe','session_id':'%s','after':'%s'}".formatted(session, old));
            assertThat(List.of(socket.nextFrame(), socket.nextFrame()))
                    .extracting(frame -> frame.path("type").asString())
                    .containsExactlyInAnyOrder("subscribed", "cursor");
        }
    }

    @Test
    void sendsAGapToAClientThatMissedAnEndedTurn() throws Exception {
        String old = cursorAfterAnswer();
        ask("?").answer("missed");
        trimLogAfter(old);
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events", "Last-Event-ID", old)) {
            assertThat(stream.next().type()).isEqualTo("gap");
        }
    }

    /** Records can also be lost or deleted, so that their absence proves nothing. */
    @Test
    void sendsAGapIfTheRecordsOfTheSessionAreGone() throws Exception {
        String old = cursorAfterAnswer();
        trimLogAfter(old);
        MemoryKeys keys = new MemoryKeys(SessionKey.of(null, new SessionId(session)));
        processor.redis().sync().del(keys.requestIds());
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events", "Last-Event-ID", old)) {
            assertThat(stream.next().type()).isEqualTo("gap");
        }
    }

    @Test
    void sendsGapIfTheLogEndsBeforeTheCursor() throws Exception {
        ReceivedTurn turn = ask("?");
        SessionKey key = SessionKey.of(null, new SessionId(session));
        Cursor future = Cursor.at(key, turn.record.partition(), 1_000_000);
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events?after=" + future)) {
            SseClient.SseEvent gap = stream.next();
            assertThat(gap.type()).isEqualTo("gap");
            assertThat(gap.json().path("snapshot").get(0).path("request_id").asString())
                    .isEqualTo(turn.ask.requestId().toString());
            turn.publish(new TurnEvent.Started()).delta("shown");
            assertThat(stream.next().type()).isEqualTo("started");
            assertThat(stream.next().type()).isEqualTo("delta");
        }
    }

    @Test
    void endsAGapOfAFinishedRequestWithItsTerminalEventAndAFinalCursor() throws Exception {
        ReceivedTurn turn = ask("?");
        turn.answer("done");
        gateway.get("/v1/sessions/" + session + "/requests/" + turn.ask.requestId() + "?wait=10");
        Cursor foreign = Cursor.at(SessionKey.of(null, new SessionId("other")), turn.record.partition(), 0);
        List<SseClient.SseEvent> events = gateway.stream(events(turn), "Last-Event-ID", foreign.toString())
                .remainingEvents();
        assertThat(events).extracting(SseClient.SseEvent::type).containsExactly("gap", "completed");
        assertThat(gateway.stream(
                                events(turn), "Last-Event-ID", events.getFirst().id())
                        .status())
                .isEqualTo(204);
    }

    /** EventSource keeps the id of every event, and sends it when it reconnects. */
    @Test
    void sendsTheStartingCursorOfASessionBeforeAnyEvent() throws Exception {
        ReceivedTurn turn = ask("?");
        String start;
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events")) {
            start = stream.nextCursor();
        }
        turn.answer("published while no client was connected");
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events", "Last-Event-ID", start)) {
            assertThat(List.of(stream.next(), stream.next(), stream.next()))
                    .extracting(SseClient.SseEvent::type)
                    .containsExactly("started", "delta", "completed");
        }
    }

    /** Returns a turn of another session in this partition. */
    private ReceivedTurn turnInPartition(int partition) throws InterruptedException {
        for (int i = 0; ; i++) {
            gateway.ask(session + i, "?");
            ReceivedTurn turn = processor.nextTurn();
            if (turn.record.partition() == partition) {
                return turn.publish(new TurnEvent.Started());
            }
        }
    }

    /** Otherwise, on resuming, the client would require a catch-up over the events of all other sessions. */
    @Test
    void advancesTheCursorOfAClientWhoseSessionIsIdle() throws Exception {
        ReceivedTurn other = turnInPartition(ask("?").record.partition());
        try (SseClient stream = gateway.stream("/v1/sessions/" + session + "/events")) {
            Cursor first = Cursor.parse(stream.nextCursor());
            for (int i = 0; i < 1_100; i++) {
                other.delta("x");
            }
            Cursor moved = Cursor.parse(stream.nextCursor());
            assertThat(moved.offset()).isGreaterThanOrEqualTo(first.offset() + 1_000);
        }
    }
}

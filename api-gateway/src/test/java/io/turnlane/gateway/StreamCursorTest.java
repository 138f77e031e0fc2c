package io.turnlane.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestProcessor.Turn;
import io.turnlane.gateway.deliver.Cursor;
import io.turnlane.model.MemoryKeys;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
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

/** Where a client is in a stream, and how it goes on from there, or hears that it can't. */
@Timeout(60)
class StreamCursorTest {

    private static Gateway gateway;
    private static TestProcessor processor;
    private String session;

    @BeforeAll
    static void start() {
        gateway = Gateway.start("turnlane.gateway.streams.heartbeat=200ms");
        processor = new TestProcessor(gateway);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    @BeforeEach
    void byHand(TestInfo test) {
        processor.saying(TestProcessor.BY_HAND);
        session = test.getTestMethod().orElseThrow().getName();
    }

    private Turn ask(String question) throws InterruptedException {
        assertThat(gateway.ask(session, question).status()).isEqualTo(202);
        return processor.taken();
    }

    private String events(Turn turn) {
        return "/v1/sessions/" + session + "/requests/" + turn.ask.requestId() + "/events";
    }

    @Test
    void goesOnAfterTheCursorAndEndsForGoodWith204() throws Exception {
        Turn turn = ask("?");
        turn.answer("text");
        String first;
        String last;
        try (Sse stream = gateway.stream("/v1/sessions/" + session + "/events?after=" + startOf(turn))) {
            first = stream.next().id();
            stream.next();
            last = stream.next().id();
        }
        assertThat(gateway.stream(events(turn), "Last-Event-ID", first).rest())
                .extracting(Sse.Event::type)
                .containsExactly("delta", "completed");
        assertThat(gateway.stream(events(turn) + "?after=" + first).rest()).hasSize(2);
        assertThat(gateway.stream(events(turn), "Last-Event-ID", last).status()).isEqualTo(204);
    }

    @Test
    void goesOnAfterTheCursorOfARequestThatMemoryLost() throws Exception {
        Turn turn = ask("?");
        turn.says(new TurnEvent.Started()).delta("one ");
        String cursor;
        try (Sse stream = gateway.stream(events(turn))) {
            stream.next();
            cursor = stream.next().id();
        }
        processor.redis().sync().del(new MemoryKeys(turn.ask.key()).request(turn.ask.requestId()));
        try (Sse stream = gateway.stream(events(turn), "Last-Event-ID", cursor)) {
            assertThat(stream.status()).isEqualTo(200);
            turn.delta("two").complete("one two");
            assertThat(stream.rest()).extracting(Sse.Event::type).containsExactly("delta", "completed");
        }
    }

    @Test
    void knowsNoRequestThatNeitherMemoryNorTheLogHas() throws Exception {
        Turn turn = ask("?");
        processor.redis().sync().del(new MemoryKeys(turn.ask.key()).request(turn.ask.requestId()));
        Cursor lost = Cursor.at(turn.ask.key(), turn.record.partition(), 1_000_000);
        assertThat(gateway.stream(events(turn), "Last-Event-ID", lost.toString())
                        .status())
                .isEqualTo(404);
        assertThat(gateway.stream(events(turn)).status()).isEqualTo(404);
    }

    /** A cursor right before this turn's events. */
    private Cursor startOf(Turn turn) {
        long from = Long.parseLong(turn.header("events-from"));
        return Cursor.at(SessionKey.of(null, new SessionId(session)), turn.record.partition(), from - 1);
    }

    @Test
    void ends204WhereTheCursorOfTheSessionIsLongPastTheEnd() throws Exception {
        Turn first = ask("1");
        first.answer("text");
        Turn second = ask("2");
        second.answer("more");
        String past;
        try (Sse stream = gateway.stream(events(second) + "?after=" + startOf(second))) {
            past = stream.rest().getLast().id();
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
    void saysGapWithASnapshotForACursorOfAnotherSession() throws Exception {
        Turn turn = ask("?");
        turn.says(new TurnEvent.Started()).delta("lost");
        try (Sse before = gateway.stream(events(turn))) {
            assertThat(List.of(before.next(), before.next())).hasSize(2);
        }
        Cursor foreign = Cursor.at(SessionKey.of(null, new SessionId("other")), turn.record.partition(), 0);
        try (Sse stream = gateway.stream(events(turn), "Last-Event-ID", foreign.toString())) {
            Sse.Event gap = stream.next();
            assertThat(gap.type()).isEqualTo("gap");
            assertThat(gap.id()).isNotNull();
            assertThat(gap.json().path("snapshot").path("request_id").asString())
                    .isEqualTo(turn.ask.requestId().toString());
            turn.delta("withheld").says(new TurnEvent.Stage("said")).complete("lost withheld");
            assertThat(stream.rest()).extracting(Sse.Event::type).containsExactly("stage", "completed");
        }
    }

    /** After the topic's retention. */
    @Test
    void saysGapWhereTheLogBeginsAfterTheCursor() throws Exception {
        Turn turn = ask("?");
        Cursor expired = startOf(turn);
        turn.says(new TurnEvent.Started()).delta("gone");
        try (Sse before = gateway.stream(events(turn))) {
            assertThat(List.of(before.next(), before.next())).hasSize(2);
        }
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", gateway.backends().bootstrapServers()))) {
            TopicPartition partition = new TopicPartition(gateway.topics().events(), turn.record.partition());
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(expired.offset() + 2)))
                    .all()
                    .get();
        }
        for (String path : List.of(events(turn), "/v1/sessions/" + session + "/events")) {
            try (Sse stream = gateway.stream(path, "Last-Event-ID", expired.toString())) {
                Sse.Event gap = stream.next();
                assertThat(gap.type()).isEqualTo("gap");
                assertThat(gap.json().path("snapshot").toString())
                        .contains(turn.ask.requestId().toString());
            }
        }
    }

    @Test
    void saysGapWhereTheLogEndsBeforeTheCursor() throws Exception {
        Turn turn = ask("?");
        SessionKey key = SessionKey.of(null, new SessionId(session));
        Cursor future = Cursor.at(key, turn.record.partition(), 1_000_000);
        try (Sse stream = gateway.stream("/v1/sessions/" + session + "/events?after=" + future)) {
            Sse.Event gap = stream.next();
            assertThat(gap.type()).isEqualTo("gap");
            assertThat(gap.json().path("snapshot").get(0).path("request_id").asString())
                    .isEqualTo(turn.ask.requestId().toString());
            turn.says(new TurnEvent.Started()).delta("shown");
            assertThat(stream.next().type()).isEqualTo("started");
            assertThat(stream.next().type()).isEqualTo("delta");
        }
    }

    @Test
    void endsAGapOfAFinishedRequestWithItsEndAndACursorThatSays204() throws Exception {
        Turn turn = ask("?");
        turn.answer("done");
        gateway.get("/v1/sessions/" + session + "/requests/" + turn.ask.requestId() + "?wait=10");
        Cursor foreign = Cursor.at(SessionKey.of(null, new SessionId("other")), turn.record.partition(), 0);
        List<Sse.Event> events = gateway.stream(events(turn), "Last-Event-ID", foreign.toString())
                .rest();
        assertThat(events).extracting(Sse.Event::type).containsExactly("gap", "completed");
        assertThat(gateway.stream(
                                events(turn), "Last-Event-ID", events.getFirst().id())
                        .status())
                .isEqualTo(204);
    }

    /** EventSource keeps an id that comes without an event, and sends it when it comes back. */
    @Test
    void saysWhereASessionsStreamStartsBeforeAnythingHappens() throws Exception {
        Turn turn = ask("?");
        String place;
        try (Sse stream = gateway.stream("/v1/sessions/" + session + "/events")) {
            place = stream.place();
        }
        turn.answer("said while nobody listened");
        try (Sse stream = gateway.stream("/v1/sessions/" + session + "/events", "Last-Event-ID", place)) {
            assertThat(List.of(stream.next(), stream.next(), stream.next()))
                    .extracting(Sse.Event::type)
                    .containsExactly("started", "delta", "completed");
        }
    }

    /** A turn of another session of this partition. */
    private Turn ofThePartition(int partition) throws InterruptedException {
        for (int i = 0; ; i++) {
            gateway.ask(session + i, "?");
            Turn turn = processor.taken();
            if (turn.record.partition() == partition) {
                return turn.says(new TurnEvent.Started());
            }
        }
    }

    /** Else it would have to read, when it comes back, what all others said meanwhile. */
    @Test
    void movesTheCursorOfAClientInWhoseSessionNothingHappens() throws Exception {
        Turn other = ofThePartition(ask("?").record.partition());
        try (Sse stream = gateway.stream("/v1/sessions/" + session + "/events")) {
            Cursor first = Cursor.parse(stream.place());
            for (int i = 0; i < 1_100; i++) {
                other.delta("x");
            }
            Cursor moved = Cursor.parse(stream.place());
            assertThat(moved.offset()).isGreaterThanOrEqualTo(first.offset() + 1_000);
        }
    }
}

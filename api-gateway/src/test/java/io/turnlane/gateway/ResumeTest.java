package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Clients that disconnect and resume during an answer see each piece once, wherever they resume. */
@Timeout(120)
class ResumeTest {

    private static final int DELTAS = 2_000;
    private static final int CLIENTS = 12;

    private static final long SEED = Long.getLong("seed", System.nanoTime());

    private static TestGateway gateway;
    private static TestGateway other;
    private static TestProcessor processor;

    @BeforeAll
    static void start() {
        System.out.println("seed " + SEED);
        // A small outbox, so that catch-ups have to wait for space.
        gateway = TestGateway.start("turnlane.gateway.streams.max-events=40");
        other = TestGateway.start(gateway.backends(), gateway.topics(), "turnlane.gateway.streams.max-events=5000");
        processor = new TestProcessor(gateway).withScript(TestProcessor.MANUAL);
    }

    @AfterAll
    static void stop() {
        processor.close();
        other.close();
        gateway.close();
    }

    @Test
    void showsEachPieceOnceAcrossReconnectsToTwoGateways() throws Exception {
        assertThat(gateway.ask("resume", "?").status()).isEqualTo(202);
        ReceivedTurn turn = nextTurn("resume");
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i < DELTAS; i++) {
            pieces.add("<" + i + ">");
        }
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<String>>> seen = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                seen.add(clients.submit(reader(turn, new Random(SEED + client))));
            }
            publishAnswer(turn, pieces);
            for (Future<List<String>> one : seen) {
                assertThat(one.get()).as("seed %d", SEED).isEqualTo(pieces);
            }
        }
    }

    /**
     * A cursor of the session does not show that this request ended before it. The stream must end with 204 once the
     * gateway has verified that nothing follows.
     */
    @Test
    void answers204IfTheRequestEndedShortlyBeforeTheCursor() throws Exception {
        assertThat(gateway.ask("past", "1").status()).isEqualTo(202);
        ReceivedTurn first = nextTurn("past");
        String past;
        try (SseClient stream = gateway.stream("/v1/sessions/past/events")) {
            first.answer("text");
            while (!stream.next().isTerminal()) {}
            gateway.ask("past", "2");
            nextTurn("past").publish(new TurnEvent.Started());
            past = stream.next().id();
        }
        String finished = Long.toString(System.currentTimeMillis() - 28_000);
        processor
                .redis()
                .sync()
                .hset(
                        new MemoryKeys(first.ask.key()).request(first.ask.requestId()),
                        Map.of("finished_at", finished.getBytes(StandardCharsets.UTF_8)));
        String events = "/v1/sessions/past/requests/" + first.ask.requestId() + "/events";
        try (SseClient stream = gateway.stream(events, "Last-Event-ID", past)) {
            assertThat(stream.status()).isEqualTo(204);
        }
    }

    /** A hundred questions of 32 KiB would be several megabytes for each client of the session. */
    @Test
    void listsOpenRequestsInAGapWithoutQuestionsAndWithoutDamagedOnes() throws Exception {
        gateway.ask("gap", "damaged");
        gateway.ask("gap", "q".repeat(32 * 1024));
        ReceivedTurn damaged = nextTurn("gap");
        ReceivedTurn open = nextTurn("gap");
        processor
                .redis()
                .sync()
                .hset(
                        new MemoryKeys(damaged.ask.key()).request(damaged.ask.requestId()),
                        Map.of("created_at", "once".getBytes(StandardCharsets.UTF_8)));
        Cursor foreign = Cursor.at(SessionKey.of(null, new SessionId("other")), open.record.partition(), 0);
        try (SseClient stream = gateway.stream("/v1/sessions/gap/events", "Last-Event-ID", foreign.toString())) {
            SseClient.SseEvent gap = stream.next();
            assertThat(gap.type()).isEqualTo("gap");
            assertThat(gap.data()).hasSizeLessThan(2_000);
            JsonNode snapshot = gap.json().path("snapshot");
            assertThat(snapshot).hasSize(1);
            assertThat(snapshot.get(0).path("request_id").asString())
                    .isEqualTo(open.ask.requestId().toString());
            assertThat(snapshot.get(0).path("position").asInt()).isEqualTo(1);
            assertThat(snapshot.get(0).path("status").asString()).isEqualTo("queued");
        }
    }

    private static ReceivedTurn nextTurn(String session) throws InterruptedException {
        ReceivedTurn turn = processor.nextTurn();
        while (!turn.command.sessionId().toString().equals(session)) {
            turn = processor.nextTurn();
        }
        return turn;
    }

    private static void publishAnswer(ReceivedTurn turn, List<String> pieces) {
        turn.publish(new TurnEvent.Started());
        Random random = new Random(SEED);
        for (int i = 0; i < pieces.size(); i++) {
            turn.delta(pieces.get(i));
            if (random.nextInt(10) == 0) {
                // A duplicate, as after a redelivery of the turn.
                turn.emit(1, i + 1, new TurnEvent.Delta(pieces.get(i), 0));
            }
            if (random.nextInt(200) == 0) {
                gateway.ask("neighbour-" + i, "takes part of the log");
            }
        }
        turn.complete(String.join("", pieces));
    }

    /** Reads the stream of the request or of the session until the end, reconnecting after a few events. */
    private static Callable<List<String>> reader(ReceivedTurn turn, Random random) {
        boolean ofSession = random.nextBoolean();
        String session = "/v1/sessions/" + turn.ask.sessionId();
        String request = session + "/requests/" + turn.ask.requestId() + "/events";
        return () -> {
            List<String> seen = new ArrayList<>();
            String cursor = null;
            while (true) {
                String path = ofSession && cursor != null ? session + "/events" : request;
                TestGateway at = random.nextInt(4) == 0 ? other : gateway;
                try (SseClient stream = at.stream(path + (cursor == null ? "" : "?after=" + cursor))) {
                    int stay = random.nextInt(300);
                    for (SseClient.SseEvent event = stream.next(); event != null; event = stream.next()) {
                        if (event.type().equals("delta")) {
                            seen.add(event.json().path("text").asString());
                        }
                        if (event.isTerminal()) {
                            return seen;
                        }
                        assertThat(event.type()).as("seed %d", SEED).isNotEqualTo("gap");
                        cursor = event.id();
                        if (stay-- == 0) {
                            break;
                        }
                    }
                }
            }
        };
    }
}

package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.model.PastTurn;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.TurnLogFixture.PublishedEvent;
import io.turnlane.store.Checksummed;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Redis loses single keys, as an eviction does, and the processor restarts, so that its cache does not show the loss.
 * Each test has a session for each lost key and needs only one restart.
 */
class LostKeysTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final WireFormat WIRE = new WireFormat();

    private final TurnLogFixture log = new TurnLogFixture(1);
    private ConfigurableApplicationContext processor;
    private int asked;

    @AfterEach
    void stop() {
        processor.close();
        log.close();
    }

    /** A session with two answered questions and the metadata {@code {"n":2}}. */
    private SessionKey conversation() {
        SessionKey session = SessionKey.of(null, SessionId.random());
        ask(session, "one");
        ask(session, "two");
        UpdateSession update = log.publish(new UpdateSession(
                new RequestId(UUID.randomUUID()),
                session.sessionId(),
                null,
                Instant.now(),
                null,
                Map.of("n", 2),
                null));
        awaitStatus(session, update.requestId(), "completed");
        return session;
    }

    @SafeVarargs
    private SessionKey losing(Function<MemoryKeys, String>... keys) {
        SessionKey session = conversation();
        for (Function<MemoryKeys, String> key : keys) {
            String lost = key.apply(new MemoryKeys(session));
            assertThat(redis().delete(lost)).as(lost).isTrue();
        }
        return session;
    }

    @Test
    void restoresTheMemoryOfASessionWhoseKeysWereLostAndReportsIt() {
        processor = TestProcessors.start(log);
        List<SessionKey> lost = List.of(
                losing(MemoryKeys::history),
                losing(MemoryKeys::context),
                losing(MemoryKeys::context, MemoryKeys::history),
                losing(MemoryKeys::context, MemoryKeys::life),
                losing(MemoryKeys::context, MemoryKeys::history, MemoryKeys::requestIds));
        List<SessionKey> intact = List.of(losing(MemoryKeys::life), losing(MemoryKeys::requestIds));
        restart();
        for (SessionKey session : lost) {
            Ask next = ask(session, "three");
            assertThat(started(next).memory()).isEqualTo("rebuilt");
            assertThat(questions(session)).containsExactly("one", "two", "three");
            assertThat(context(session, "metadata")).isEqualTo("{\"n\":2}");
            assertThat(context(session, "request_count")).isEqualTo("3");
            assertThat(started(ask(session, "four")).memory())
                    .as("reported once")
                    .isNull();
        }
        for (SessionKey session : intact) {
            assertThat(started(ask(session, "three")).memory()).isNull();
            assertThat(questions(session)).containsExactly("one", "two", "three");
        }
    }

    @Test
    void reportsMemoryThatTheLogNoLongerContains() {
        processor = TestProcessors.start(log, "--turnlane.topics.events-retention=1s");
        SessionKey withoutHistory = losing(MemoryKeys::history);
        SessionKey withoutBoth = losing(MemoryKeys::context, MemoryKeys::history);
        SessionKey withoutContext = losing(MemoryKeys::context);
        Instant old = Instant.now().plusSeconds(2);
        await().atMost(SOON).until(() -> Instant.now().isAfter(old));
        processor.close();
        processor = TestProcessors.start(log, "--turnlane.topics.events-retention=1s");
        for (SessionKey session : List.of(withoutHistory, withoutBoth)) {
            assertThat(started(ask(session, "three")).memory()).isEqualTo("reset");
            assertThat(questions(session)).containsExactly("three");
            assertThat(started(ask(session, "four")).memory())
                    .as("reported once")
                    .isNull();
        }
        assertThat(started(ask(withoutContext, "three")).memory())
                .as("the history is left, and the question shows the rest")
                .isEqualTo("rebuilt");
        assertThat(questions(withoutContext)).containsExactly("one", "two", "three");
    }

    @Test
    void takesAnExpiredSessionForExpired() {
        processor = TestProcessors.start(log);
        SessionKey session = SessionKey.of(null, SessionId.random());
        log.publish(new Ask(
                new RequestId(UUID.randomUUID()),
                session.sessionId(),
                null,
                "echo",
                "one",
                Map.of(),
                Duration.ofSeconds(1),
                Instant.now(),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null));
        log.awaitTerminals(++asked, SOON);
        await().atMost(SOON).until(() -> !redis().hasKey(new MemoryKeys(session).context()));
        assertThat(redis().hasKey(new MemoryKeys(session).life())).isTrue();
        restart();
        assertThat(started(ask(session, "two")).memory()).isNull();
        assertThat(questions(session)).containsExactly("two");
    }

    /** The cancel is kept only in the request record and in the log. */
    @Test
    void restoresACancelThatWasLostWithItsRequestRecord() {
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        SessionKey session = SessionKey.of(null, SessionId.random());
        Ask stuck = publish(session, "stuck", Map.of("delay_ms", 60_000));
        await().atMost(SOON).until(() -> count("started", stuck) == 1);
        Ask waits = publish(session, "waits", Map.of());
        accept(waits);
        await().atMost(SOON).until(() -> count("queued", waits) == 1);
        for (Ask cancelled : List.of(stuck, waits)) {
            log.publish(new CancelTurn(
                    new RequestId(UUID.randomUUID()),
                    session.sessionId(),
                    null,
                    Instant.now(),
                    cancelled.requestId(),
                    null));
            redis().delete(new MemoryKeys(session).request(cancelled.requestId()));
        }
        processor.close();
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        await().atMost(SOON).until(() -> count("cancelled", waits) == 1 && count("cancelled", stuck) == 1);
        assertThat(count("started", waits)).isZero();
        assertThat(count("started", stuck)).as("begun before the loss only").isEqualTo(1);
    }

    @Test
    void doesNotRunAFinishedTurnAgainWhoseRecordWasLost() {
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        publish(SessionKey.of(null, SessionId.random()), "stuck", Map.of("delay_ms", 60_000));
        SessionKey session = SessionKey.of(null, SessionId.random());
        Ask finished = ask(session, "one");
        redis().delete(new MemoryKeys(session).request(finished.requestId()));
        processor.close();
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        await().atMost(SOON).until(() -> count("completed", finished) == 2);
        assertThat(count("started", finished)).isEqualTo(1);
        assertThat(questions(session)).containsExactly("one");
    }

    /** Writes the record as a gateway does. */
    private void accept(Ask ask) {
        MemoryKeys keys = new MemoryKeys(ask.key());
        redis().opsForHash().put(keys.request(ask.requestId()), "status", "queued");
        for (String index : List.of(keys.requestIds(), keys.openRequestIds())) {
            redis().opsForZSet()
                    .add(index, ask.requestId().toString(), ask.createdAt().toEpochMilli());
        }
    }

    private void restart() {
        processor.close();
        processor = TestProcessors.start(log);
    }

    private Ask ask(SessionKey session, String question) {
        Ask ask = publish(session, question, Map.of());
        log.awaitTerminals(++asked, SOON);
        return ask;
    }

    private Ask publish(SessionKey session, String question, Map<String, Object> metadata) {
        return log.publish(TestProcessors.ask(session.sessionId(), question, metadata));
    }

    private void awaitStatus(SessionKey session, RequestId request, String status) {
        String key = new MemoryKeys(session).request(request);
        await().atMost(SOON).until(() -> status.equals(redis().opsForHash().get(key, "status")));
    }

    private Object context(SessionKey session, String field) {
        return redis().opsForHash().get(new MemoryKeys(session).context(), field);
    }

    private List<String> questions(SessionKey session) {
        byte[] key = new MemoryKeys(session).history().getBytes();
        List<byte[]> blobs = redis().execute((RedisCallback<List<byte[]>>)
                connection -> connection.listCommands().lRange(key, 0, -1));
        return blobs.stream().map(LostKeysTest::question).toList();
    }

    private static String question(byte[] blob) {
        try {
            return WIRE.read(Checksummed.open(blob), PastTurn.class).question();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private PublishedEvent started(Ask ask) {
        return log.events().stream()
                .filter(event -> isOf(event, "started", ask))
                .findFirst()
                .orElseThrow();
    }

    private long count(String type, Ask ask) {
        return log.events().stream().filter(event -> isOf(event, type, ask)).count();
    }

    private static boolean isOf(PublishedEvent event, String type, Ask ask) {
        return event.type().equals(type)
                && event.requestId().equals(ask.requestId().toString());
    }

    private StringRedisTemplate redis() {
        return processor.getBean(StringRedisTemplate.class);
    }
}

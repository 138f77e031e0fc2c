package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ModelStream;
import io.turnlane.doubles.ReceivedRequest;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnPolicy;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/**
 * Many turns of chat agents on one processor, whose models are doubles. Prints what it measures.
 *
 * <p>{@code -Dchat.turns=1000} runs the full test, with turns of 10 s, which also checks the times of turns.
 */
class ChatLoadTest {

    private static final int TURNS = Integer.getInteger("chat.turns", 50);
    private static final boolean FULL = TURNS >= 1000;
    private static final int WORDS_IN_A_SECOND = 2;
    private static final int WORDS = (FULL ? 10 : 2) * WORDS_IN_A_SECOND;
    private static final int WAITING = FULL ? 400 : 120;
    private static final int MEASURED = FULL ? 100 : 20;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static final HttpDouble model = new HttpDouble(words(1, new CountDownLatch(0)));
    private static final HttpDouble limited = new HttpDouble(slowAndThenFast(WAITING / 2));
    private static final LongAdder wordsReceived = new LongAdder();
    private static final Map<String, Instant> asked = new ConcurrentHashMap<>();
    private static final Map<String, Duration> firstText = new ConcurrentHashMap<>();
    private static TurnLogFixture log;
    private static ConfigurableApplicationContext processor;

    @BeforeAll
    static void start(@TempDir Path temp) throws Exception {
        // The events of all deltas would fill the heap, whose size the test measures.
        log = TurnLogFixture.keeping(4, event -> !countWords(event));
        Map<String, Object> agents = Map.of(
                "model", definition(model, Map.of("concurrent", 10_000)),
                "limited", definition(limited, Map.of("concurrent", 10, "requests_per_second", 50)));
        Path file = temp.resolve("agents.yaml"); // YAML contains JSON
        Files.writeString(file, JsonMapper.shared().writeValueAsString(Map.of("agents", agents)));
        processor = TestProcessors.start(
                log,
                "--turnlane.processor.agents.file=" + file,
                "--turnlane.processor.intake.running=" + (TURNS + WAITING + MEASURED));
        ask("model", 20);
        log.awaitTerminals(20, LIMIT); // everything is loaded and connected
    }

    @AfterAll
    static void stop() {
        processor.close();
        log.close();
        model.close();
        limited.close();
    }

    private static boolean countWords(TurnLogFixture.PublishedEvent event) {
        if (!event.type().equals("delta")) {
            return false;
        }
        wordsReceived.add(event.text().split("word", -1).length - 1);
        Instant begin = asked.get(event.requestId());
        if (begin != null) {
            Instant at = Instant.parse((String) event.data().get("at"));
            firstText.putIfAbsent(event.requestId(), Duration.between(begin, at));
        }
        return true;
    }

    @Test
    void threadsAndMemoryStayFlatWhileManyModelsStream() {
        CountDownLatch allRun = new CountDownLatch(1);
        model.behave(words(WORDS, allRun));
        int ended = log.terminals().size();
        long wordsBefore = wordsReceived.sum();
        int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
        double heapBefore = heap();
        ask("model", TURNS);
        await().atMost(LIMIT).until(() -> model.running() == TURNS);
        int threadsAtBegin = ManagementFactory.getThreadMXBean().getThreadCount();
        double heapAtBegin = heap();
        allRun.countDown();
        // Two words before the end, so that all turns still run.
        await().atMost(LIMIT).until(() -> wordsReceived.sum() - wordsBefore >= (long) TURNS * (WORDS - 2));
        int threadsAtEnd = ManagementFactory.getThreadMXBean().getThreadCount();
        double heapAtEnd = heap();
        assertThat(log.awaitTerminals(ended + TURNS, LIMIT))
                .allMatch(end -> end.type().equals("completed"));
        model.behave(words(1, allRun));
        System.out.printf(
                "chat load: %d turns of %d words: threads %d before, %d at the begin, %d at the end; "
                        + "heap %.1f, %.1f and %.1f MiB%n",
                TURNS, WORDS, threadsBefore, threadsAtBegin, threadsAtEnd, heapBefore, heapAtBegin, heapAtEnd);
        assertThat(threadsAtEnd).isLessThan(threadsBefore + 30);
        assertThat(heapAtEnd).as("MiB").isLessThan(heapAtBegin + 16);
    }

    @Test
    void aProviderIsNeverOverItsLimitsAndTurnsOfAnotherProviderAreNotDisturbed() throws Exception {
        Duration alone = percentile99(askByATimer());
        int ended = log.terminals().size();
        long started = started();
        ask("limited", WAITING);
        await().atMost(LIMIT).until(() -> started() >= started + WAITING); // all of them wait for the provider
        Duration beside = percentile99(askByATimer());
        boolean wasBusy = limited.requests().size() < WAITING;
        log.awaitTerminals(ended + WAITING + MEASURED, LIMIT);
        System.out.printf(
                "chat limits: at most %d calls at once and %d in a second; p99 of another provider %d ms alone, "
                        + "%d ms beside the limited one%s%n",
                limited.mostRunning(),
                mostInASecond(limited.requests()),
                alone.toMillis(),
                beside.toMillis(),
                wasBusy ? "" : ", which was done before");
        assertThat(limited.mostRunning()).isEqualTo(10);
        // A second includes both ends. On a busy machine, the threads of all ten calls may run late, and then
        // together.
        assertThat(mostInASecond(limited.requests())).isBetween(20L, FULL ? 51L : 61L);
        if (FULL) {
            assertThat(wasBusy).isTrue();
            assertThat(beside).isLessThanOrEqualTo(alone.multipliedBy(3).dividedBy(2));
        }
    }

    private static Map<String, Object> definition(HttpDouble server, Map<String, Object> limits) {
        return Map.of(
                "type",
                "chat",
                "url",
                server.url("/v1").toString(),
                "model",
                "m",
                "limits",
                limits,
                "timeouts",
                Map.of("connect", 60, "first", 120, "idle", 120));
    }

    /** @param released released when the words may follow the begin of the stream */
    private static Behaviour words(int words, CountDownLatch released) {
        List<String> events = ModelStream.begun();
        for (int i = 0; i < words; i++) {
            events.add(ModelStream.text("word" + i + " "));
        }
        events.add(ModelStream.finish("stop"));
        events.add(ModelStream.DONE);
        return (_, reply) -> {
            reply.beginEvents();
            released.await();
            for (String event : events) {
                if (event.contains("word")) {
                    reply.pause(Duration.ofSeconds(1).dividedBy(WORDS_IN_A_SECOND));
                }
                reply.event(event);
            }
            reply.end();
        };
    }

    /** Returns a model whose first replies take so long that the limit of calls at once is reached. */
    private static Behaviour slowAndThenFast(int slow) {
        Behaviour slowly = words(1, new CountDownLatch(0));
        Behaviour atOnce = Behaviour.events(ModelStream.answer("Hi"));
        AtomicInteger replies = new AtomicInteger();
        return (request, reply) -> (replies.incrementAndGet() <= slow ? slowly : atOnce).answer(request, reply);
    }

    private static void ask(String agent, int count) {
        for (int i = 0; i < count; i++) {
            publish(agent, new RequestId(UUID.randomUUID()));
        }
    }

    private static void publish(String agent, RequestId id) {
        Ask ask = new Ask(
                id,
                SessionId.random(),
                null,
                agent,
                "Hi",
                Map.of(),
                Duration.ofHours(1),
                Instant.now(),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
        var _ = log.publishAsync(ask);
    }

    /** Asks the provider without limits, ten times in a second. Returns the times until the first text. */
    private static List<Duration> askByATimer() throws InterruptedException {
        asked.clear();
        firstText.clear();
        CountDownLatch left = new CountDownLatch(MEASURED);
        try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
            var _ = timer.scheduleAtFixedRate(
                    () -> {
                        if (left.getCount() > 0) {
                            RequestId id = new RequestId(UUID.randomUUID());
                            asked.put(id.toString(), Instant.now());
                            publish("model", id);
                            left.countDown();
                        }
                    },
                    0,
                    100,
                    TimeUnit.MILLISECONDS);
            assertThat(left.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            timer.shutdownNow();
        }
        await().atMost(LIMIT).until(() -> firstText.size() == MEASURED);
        return List.copyOf(firstText.values());
    }

    private static Duration percentile99(List<Duration> times) {
        return times.stream().sorted().toList().get(times.size() * 99 / 100 - 1);
    }

    private static long started() {
        return log.events().stream()
                .filter(event -> event.type().equals("started"))
                .count();
    }

    private static long mostInASecond(List<ReceivedRequest> requests) {
        List<Long> times =
                requests.stream().map(ReceivedRequest::receivedNanos).sorted().toList();
        return times.stream()
                .mapToLong(begin -> times.stream()
                        .filter(at -> at >= begin && at - begin < 1_000_000_000)
                        .count())
                .max()
                .orElse(0);
    }

    /** Returns the used heap after a collection, in MiB. */
    private static double heap() {
        System.gc();
        System.gc();
        return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / 1048576.0;
    }
}

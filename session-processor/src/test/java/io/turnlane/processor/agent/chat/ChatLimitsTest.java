package io.turnlane.processor.agent.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.doubles.ModelStream;
import io.turnlane.doubles.ReceivedRequest;
import io.turnlane.processor.agent.chat.TestModel.Received;
import io.turnlane.store.memory.Memory;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many turns at the same time. The services are doubles. */
class ChatLimitsTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static final Map<String, Object> NO_HURRY =
            Map.of("timeouts", Map.of("connect", 60, "first", 120, "idle", 120));

    private final TestModel model = new TestModel(Behaviour.events(ModelStream.answer("Hello.")));
    private final ExecutorService turns = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        turns.shutdownNow();
        model.close();
    }

    @Test
    void limitsTheCallsAtTheSameTimeAndDoesNotDisturbAnotherService() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        model.server.behave(heldUntil(released));
        ChatAgentFactory limited = model.factory(with("limits", Map.of("concurrent", 10)));
        try (HttpDouble otherServer = new HttpDouble(Behaviour.events(ModelStream.answer("Hello.")))) {
            ChatAgentFactory other =
                    model.factory(with("url", otherServer.url("/v1").toString(), "limits", Map.of("concurrent", 100)));
            List<Future<Duration>> waiting = start(limited, 100);
            await().atMost(SOON).until(() -> model.server.running() == 10);
            awaitAll(start(other, 40));
            assertThat(waiting).noneMatch(Future::isDone);
            released.countDown();
            awaitAll(waiting);
        }
        assertThat(model.server.mostRunning()).isEqualTo(10);
    }

    @Test
    void reportsThatACallWaitsForTheLimitsOfItsProvider() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        model.server.behave(heldUntil(released));
        ChatAgentFactory limited = model.factory(with("limits", Map.of("concurrent", 1)));
        Received first = new Received();
        Received second = new Received();
        Future<?> running = turns.submit(() -> TestModel.ask(limited, Memory.EMPTY, first));
        await().atMost(SOON).until(() -> model.server.running() == 1);
        Future<?> waiting = turns.submit(() -> TestModel.ask(limited, Memory.EMPTY, second));
        await().atMost(SOON).until(() -> second.stages.size() == 1);
        assertThat(second.stages.peek()).startsWith("waiting for a free call of ");
        released.countDown();
        running.get();
        waiting.get();
        assertThat(first.stages).isEmpty();
        assertThat(second.stages).hasSize(2).last().asString().startsWith("calling ");
    }

    @Test
    void limitsTheCallsThatStartInASecond() throws Exception {
        ChatAgentFactory limited = model.factory(with("limits", Map.of("concurrent", 100, "requests_per_second", 50)));
        long start = System.nanoTime();
        awaitAll(start(limited, 120));
        long last = model.server.requests().stream()
                .mapToLong(ReceivedRequest::receivedNanos)
                .max()
                .orElseThrow();
        assertThat(Duration.ofNanos(last - start)).isGreaterThanOrEqualTo(Duration.ofMillis(119 * 20));
    }

    @Test
    void needsNoThreadForAStream() throws Exception {
        ChatAgentFactory agents = model.factory(with("limits", Map.of("concurrent", 1000)));
        ask(agents); // starts the client's thread and those of virtual threads
        CountDownLatch released = new CountDownLatch(1);
        model.server.behave(heldUntil(released));
        int before = ManagementFactory.getThreadMXBean().getThreadCount();
        List<Future<Duration>> streams = start(agents, 1000);
        await().atMost(SOON).until(() -> model.server.running() == 1000);
        int during = ManagementFactory.getThreadMXBean().getThreadCount();
        released.countDown();
        awaitAll(streams);
        assertThat(during).isLessThan(before + 20);
    }

    /** Begins a stream, and continues it when the latch is released. */
    private static Behaviour heldUntil(CountDownLatch released) {
        return (_, reply) -> {
            List<String> events = ModelStream.answer("A ", "lane");
            reply.beginEvents();
            reply.event(events.getFirst());
            released.await();
            for (String event : events.subList(1, events.size())) {
                reply.event(event);
            }
            reply.end();
        };
    }

    private List<Future<Duration>> start(ChatAgentFactory agents, int count) {
        List<Future<Duration>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(turns.submit(() -> ask(agents)));
        }
        return all;
    }

    private static void awaitAll(List<Future<Duration>> turns) throws Exception {
        for (Future<Duration> turn : turns) {
            assertThat(turn.get()).isPositive();
        }
    }

    private static Duration ask(ChatAgentFactory agents) throws Exception {
        long start = System.nanoTime();
        var _ = TestModel.ask(agents, Memory.EMPTY, new Received());
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static Map<String, Object> with(Object... changes) {
        Map<String, Object> all = new HashMap<>(NO_HURRY);
        for (int i = 0; i < changes.length; i += 2) {
            all.put((String) changes[i], changes[i + 1]);
        }
        return all;
    }
}

package io.turnlane.processor.agent.chat;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many turns at the same time. The services are doubles. */
class ChatLimitsTest {

    private static final Map<String, Object> NO_HURRY = Map.of("timeouts", Map.of("connect", 60));

    private final TestModel model = new TestModel(Behaviour.events(ModelStream.answer("Hello.")));
    private final ExecutorService turns = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        turns.shutdownNow();
        model.close();
    }

    @Test
    void limitsTheCallsAtTheSameTimeAndDoesNotDisturbAnotherService() throws Exception {
        model.server.behave(Behaviour.slowEvents(ModelStream.answer("Hello."), Duration.ofMillis(50)));
        ChatAgentFactory limited = model.factory(with("limits", Map.of("concurrent", 10)));
        try (HttpDouble otherServer = new HttpDouble(Behaviour.events(ModelStream.answer("Hello.")))) {
            ChatAgentFactory other =
                    model.factory(with("url", otherServer.url("/v1").toString(), "limits", Map.of("concurrent", 100)));
            List<Future<Duration>> waiting = start(limited, 100);
            List<Duration> undisturbed = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                undisturbed.add(ask(other));
            }
            assertThat(waiting.getLast().isDone()).isFalse();
            assertThat(undisturbed.stream().sorted().toList().get(35)).isLessThan(Duration.ofMillis(200));
            awaitAll(waiting);
        }
        assertThat(model.server.mostRunning()).isEqualTo(10);
    }

    @Test
    void limitsTheCallsThatStartInASecond() throws Exception {
        ChatAgentFactory limited = model.factory(with("limits", Map.of("concurrent", 100, "requests_per_second", 50)));
        awaitAll(start(limited, 120));
        assertThat(mostInASecond()).isBetween(20, 50);
    }

    @Test
    void needsNoThreadForAStream() throws Exception {
        model.server.behave(Behaviour.slowEvents(ModelStream.answer("A ", "lane"), Duration.ofMillis(500)));
        ChatAgentFactory agents = model.factory(with("limits", Map.of("concurrent", 1000)));
        ask(agents); // starts the client's thread and those of virtual threads
        int before = ManagementFactory.getThreadMXBean().getThreadCount();
        List<Future<Duration>> streams = start(agents, 1000);
        int most = 0;
        for (Future<Duration> stream : streams) {
            assertThat(stream.get()).isPositive();
            most = Math.max(most, ManagementFactory.getThreadMXBean().getThreadCount());
        }
        assertThat(model.server.mostRunning()).isEqualTo(1000);
        assertThat(most).isLessThan(before + 20);
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

    /** Returns the highest number of requests that arrived within one second. */
    private int mostInASecond() {
        List<Long> times = model.server.requests().stream()
                .map(ReceivedRequest::receivedNanos)
                .sorted()
                .toList();
        int most = 0;
        int from = 0;
        for (int to = 0; to < times.size(); to++) {
            while (times.get(to) - times.get(from) >= 1_000_000_000L) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    private static Map<String, Object> with(Object... changes) {
        Map<String, Object> all = new HashMap<>(NO_HURRY);
        for (int i = 0; i < changes.length; i += 2) {
            all.put((String) changes[i], changes[i + 1]);
        }
        return all;
    }
}

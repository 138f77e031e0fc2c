package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.processor.TurnLogFixture.PublishedEvent;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.lane.LaneCounts;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.SessionMemory;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Turns that run while the group assigns their partition to another processor. */
@Timeout(120)
class HandoverTest {

    private static final int PARTITIONS = 4;
    private static final int SESSIONS = 12;
    /** Offset between sessions, so that some turn is running whenever partitions move. */
    private static final int APART_MS = 40;

    private final TurnLogFixture log = new TurnLogFixture(PARTITIONS);
    private final List<ConfigurableApplicationContext> processors = new CopyOnWriteArrayList<>();
    private final List<Ask> asked = new ArrayList<>();

    @AfterEach
    void stop() {
        processors.forEach(ConfigurableApplicationContext::close);
        log.close();
    }

    @Test
    void callsNoAgentTwiceIfAnotherProcessorJoins() {
        moveWhileTurnsRun(4, 1_500, "3s");
        assertThat(agentCalls().values()).as("each turn ran once").allMatch(calls -> calls == 1);
        assertThat(count("completed").values())
                .as("the new owner waited for some and published their end again")
                .anyMatch(count -> count > 1);
        assertThat(asked).allMatch(ask -> record(ask, "leaving_until") == null);
        assertIdle();
    }

    @Test
    void stopsTurnsThatExceedTheHandoverSoThatTheNewOwnerRunsThem() {
        moveWhileTurnsRun(2, 5_000, "400ms");
        assertThat(agentCalls().values())
                .as("turns of moved partitions ran again")
                .anyMatch(calls -> calls > 1);
        assertThat(asked)
                .as("the stops are not counted as crashes")
                .allMatch(ask -> "0".equals(record(ask, "crashes")) && record(ask, "leaving_until") == null);
        assertIdle();
    }

    /** Simulates the dead owner by a flight that begins and is handed over, but never ends. */
    @Test
    void waitsOnlyForTheHandoverTimeIfThePreviousOwnerDied() {
        ConfigurableApplicationContext next = start("3s");
        SessionMemory memory = next.getBean(SessionMemory.class);
        Ask ask = question(0);
        FlightRef dead =
                new FlightRef(ask.key(), ask.requestId(), UUID.randomUUID().toString(), 1, 0, 0, Instant.now());
        memory.begin(new BeginRequest(dead, ask, Map.of(), null, false, false, true, 0, Duration.ZERO, null));
        assertThat(memory.startHandover(dead, Duration.ofMillis(1_200))).isTrue();
        Instant left = Instant.now();
        log.publish(ask);

        PublishedEvent end = log.awaitTerminals(1, Duration.ofSeconds(20)).getFirst();
        assertThat(Duration.between(left, Instant.now())).isGreaterThan(Duration.ofMillis(1_100));
        assertThat(end.type()).isEqualTo("completed");
        assertThat(end.data()).containsEntry("attempt", 2);
        assertThat(record(ask, "crashes")).isEqualTo("1");
    }

    /** Starts a second processor while each session has a running turn and others behind it. */
    private void moveWhileTurnsRun(int turnsEach, int millis, String handover) {
        ConfigurableApplicationContext first = start(handover);
        await().atMost(Duration.ofSeconds(30)).until(() -> partitions(first) == PARTITIONS);
        for (int turn = 0; turn < SESSIONS * turnsEach; turn++) {
            asked.add(log.publish(TestProcessors.ask(
                    new SessionId("s-" + turn % SESSIONS + log.prefix()),
                    "?",
                    Map.of("delay_ms", millis + turn % SESSIONS * APART_MS, "deltas", 6))));
        }
        await("the first of each session to run")
                .atMost(Duration.ofSeconds(30))
                .until(() -> count("started").size() >= SESSIONS);
        start(handover);
        await().atMost(Duration.ofSeconds(30)).until(() -> partitions(first) == PARTITIONS / 2);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(count("completed")).hasSize(asked.size()));
    }

    private Ask question(int millis) {
        return TestProcessors.ask(SessionId.random(), "?", Map.of("delay_ms", millis, "deltas", 6));
    }

    private void assertIdle() {
        assertThat(processors)
                .hasSize(2)
                .allSatisfy(processor -> await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                    assertThat(processor.getBean(LaneScheduler.class).counts()).isEqualTo(new LaneCounts(0, 0, 0));
                    assertThat(processor.getBean(TurnPoller.class).statistics().open())
                            .isZero();
                }));
    }

    private Map<String, Long> count(String type) {
        return log.events().stream()
                .filter(event -> event.type().equals(type))
                .map(PublishedEvent::requestId)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    /**
     * Returns the number of attempts by request that have published deltas. An attempt that was stopped before its
     * agent was called publishes none.
     */
    private Map<String, Long> agentCalls() {
        return log.events().stream()
                .filter(event -> event.type().equals("delta"))
                .map(event -> Map.entry(event.requestId(), event.data().get("attempt")))
                .distinct()
                .collect(Collectors.groupingBy(Map.Entry::getKey, Collectors.counting()));
    }

    private static int partitions(ConfigurableApplicationContext processor) {
        return processor.getBean(TurnPoller.class).statistics().partitions();
    }

    private Object record(Ask ask, String field) {
        return processors
                .getFirst()
                .getBean(StringRedisTemplate.class)
                .opsForHash()
                .get(new MemoryKeys(ask.key()).request(ask.requestId()), field);
    }

    private ConfigurableApplicationContext start(String handover) {
        ConfigurableApplicationContext processor = TestProcessors.start(
                log,
                "--turnlane.processor.intake.group=g-" + log.prefix(),
                "--turnlane.processor.intake.handover=" + handover,
                "--turnlane.processor.intake.revoke-budget=5s", // a slow machine must not cause turns to be stopped
                "--turnlane.processor.retrieval.enabled=false");
        processors.add(processor);
        return processor;
    }
}

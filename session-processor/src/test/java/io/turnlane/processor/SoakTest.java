package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.backends.TestBackends;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Processes many turns of many sessions with one processor. The heap must stay flat, and nothing may remain at the end.
 *
 * <p>For the long form, use {@code -Dsoak.turns=2000000 -Dsoak.sessions=1000000} and a heap of 512 MiB. The test prints
 * the heap after a garbage collection at every tenth of the turns, and the slope after the first three tenths.
 */
class SoakTest {

    private static final long TURNS = Long.getLong("soak.turns", 8_000);
    private static final long SESSIONS = Long.getLong("soak.sessions", 1_600);
    private static final int IN_FLIGHT = 2_000;

    /** Fewer than the sessions of any form, so that the cache is full. */
    private static final int CACHED_SESSIONS = 500;

    private final Semaphore room = new Semaphore(IN_FLIGHT);
    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong others = new AtomicLong();

    @Test
    void leavesNothingBehind() throws Exception {
        try (TurnLogFixture log = TurnLogFixture.withoutReader(8);
                ConfigurableApplicationContext processor = TestProcessors.start(
                        log,
                        "--logging.level.io.turnlane.turn=WARN",
                        "--turnlane.processor.cache.sessions=" + CACHED_SESSIONS)) {
            Thread counter = Thread.ofPlatform().daemon().start(() -> countEnds(log));
            List<Long> heap = new ArrayList<>();
            long start = System.nanoTime();
            for (long turn = 0; turn < TURNS; turn++) {
                room.acquire();
                var _ = log.publishAsync(
                        TestProcessors.ask(new SessionId("soak-" + turn % SESSIONS), "q" + turn, Map.of()));
                if ((turn + 1) % (TURNS / 10) == 0) {
                    // Turns in flight would make the heap differ from one tenth to the next.
                    assertThat(room.tryAcquire(IN_FLIGHT, 2, TimeUnit.MINUTES))
                            .as("all turns in flight end")
                            .isTrue();
                    heap.add(heapAfterCollection());
                    room.release(IN_FLIGHT);
                    System.out.printf(
                            "soak: %,d turns, heap %.1f MiB, %.0f turns/s%n",
                            turn + 1, heap.getLast() / 1048576.0, (turn + 1) / ((System.nanoTime() - start) / 1e9));
                }
            }
            await().atMost(Duration.ofMinutes(2)).until(() -> completed.get() + others.get() >= TURNS);
            assertThat(others).as("turns that did not complete").hasValue(0);
            assertThat(completed).hasValue(TURNS);
            assertNothingIsLeft(processor.getBean(MeterRegistry.class));
            assertTheCacheIsBounded(processor.getBean(MeterRegistry.class));
            assertFlat(heap);
            counter.join();
        }
    }

    private static void assertNothingIsLeft(MeterRegistry meters) {
        for (String gauge :
                List.of("turnlane.lanes", "turnlane.turns.running", "turnlane.turns.open", "turnlane.lag")) {
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(meters.get(gauge).gauge().value())
                            .as(gauge)
                            .isZero());
        }
    }

    /** Waits, because the cache removes surplus entries on another thread. */
    private static void assertTheCacheIsBounded(MeterRegistry meters) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(
                                meters.get("turnlane.cache.sessions").gauge().value())
                        .as("sessions in the cache")
                        .isBetween(1.0, (double) CACHED_SESSIONS));
    }

    /**
     * Requires a growth of less than one percent for every 100,000 turns. For few turns the limit is higher, because
     * the heap cannot be measured precisely enough.
     */
    private static void assertFlat(List<Long> heap) {
        double first = mean(heap.subList(3, 6));
        double last = mean(heap.subList(7, 10));
        double per100k = (last - first) / first * 100 / (TURNS * 0.4 / 100_000);
        System.out.printf("soak: heap %+.2f %% for every 100,000 turns%n", per100k);
        assertThat(per100k).isLessThan(TURNS >= 500_000 ? 1.0 : 200.0);
    }

    private static double mean(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).average().orElseThrow();
    }

    private static long heapAfterCollection() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private void countEnds(TurnLogFixture log) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                TestBackends.shared().kafka(Map.of("max.poll.records", 5_000)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(log.eventsTopic()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (completed.get() + others.get() < TURNS) {
                consumer.poll(Duration.ofMillis(100)).forEach(this::count);
            }
        }
    }

    private void count(ConsumerRecord<byte[], byte[]> record) {
        String type = new String(record.headers().lastHeader(RecordHeaders.TYPE).value(), StandardCharsets.UTF_8);
        switch (type) {
            case "completed" -> {
                completed.incrementAndGet();
                room.release();
            }
            case "failed" -> {
                others.incrementAndGet();
                room.release();
            }
            default -> {}
        }
    }
}

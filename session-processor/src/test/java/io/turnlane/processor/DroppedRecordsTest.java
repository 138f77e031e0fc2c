package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.TestBackends;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.processor.TurnLogFixture.PublishedEvent;
import io.turnlane.processor.intake.DroppedTurns;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.memory.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ConfigurableApplicationContext;

/** Records that retention or an operator deletes from the turns topic before a processor has handled them. */
@Timeout(120)
class DroppedRecordsTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String GROUP = "turnlane-processors";

    /** Another database than that of other tests, because the requests of deleted records are searched in all of it. */
    private static final int DATABASE = 1;

    private final TestRedis redis = new TestRedis(DATABASE);
    private final TurnLogFixture log = new TurnLogFixture(1);
    private final List<ConfigurableApplicationContext> processors = new ArrayList<>();

    @AfterEach
    void stop() {
        processors.forEach(ConfigurableApplicationContext::close);
        log.close();
        redis.close();
    }

    @Test
    void endsTheirRequestsAsExpiredAndLeavesNoLag() {
        handleOneTurnAndStop();
        SessionId busy = SessionId.random();
        Ask first = accepted(TestProcessors.ask(busy, "first", Map.of()));
        Ask second = accepted(TestProcessors.ask(busy, "second", Map.of()));
        Ask other = accepted(TestProcessors.ask(SessionId.random(), "other", Map.of()));
        deleteRecordsUpTo(4);

        ConfigurableApplicationContext processor = start();
        assertThat(log.awaitTerminals(4, SOON).subList(1, 4))
                .extracting(PublishedEvent::requestId, PublishedEvent::errorCode)
                .containsExactlyInAnyOrder(
                        tuple(first.requestId().toString(), "expired"),
                        tuple(second.requestId().toString(), "expired"),
                        tuple(other.requestId().toString(), "expired"));
        assertThat(redis.template.opsForHash().get(new MemoryKeys(first.key()).request(first.requestId()), "status"))
                .isEqualTo("failed");
        assertThat(redis.template.opsForZSet().size(new MemoryKeys(first.key()).openRequestIds()))
                .isZero();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.committed(GROUP)).isEqualTo(4));
        assertThat(processor.getBean(DroppedTurns.class).count()).isEqualTo(3);
    }

    @Test
    void answersTheQuestionsThatTheLogStillHas() {
        handleOneTurnAndStop();
        SessionId session = SessionId.random();
        Ask dropped = accepted(TestProcessors.ask(session, "dropped", Map.of()));
        Ask kept = accepted(TestProcessors.ask(session, "kept", Map.of()));
        deleteRecordsUpTo(2);

        start();
        assertThat(log.awaitTerminals(3, SOON).subList(1, 3))
                .extracting(PublishedEvent::requestId, PublishedEvent::type)
                .containsExactlyInAnyOrder(
                        tuple(dropped.requestId().toString(), "failed"),
                        tuple(kept.requestId().toString(), "completed"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.committed(GROUP)).isEqualTo(3));
    }

    /** Leaves a committed offset behind. */
    private void handleOneTurnAndStop() {
        ConfigurableApplicationContext processor = start();
        log.publish(TestProcessors.ask(SessionId.random(), "before", Map.of()));
        log.awaitTerminals(1, SOON);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.committed(GROUP)).isOne());
        processor.close();
    }

    private ConfigurableApplicationContext start() {
        ConfigurableApplicationContext processor = TestProcessors.start(
                log, "--spring.data.redis.url=" + TestBackends.shared().redisUrl() + "/" + DATABASE);
        processors.add(processor);
        return processor;
    }

    /** Writes the records that a gateway writes when it accepts a question, and publishes the question. */
    private Ask accepted(Ask ask) {
        MemoryKeys keys = new MemoryKeys(ask.key());
        RequestId id = ask.requestId();
        String at = Long.toString(ask.createdAt().toEpochMilli());
        redis.template
                .opsForHash()
                .putAll(
                        keys.request(id),
                        Map.of("status", "queued", "question", ask.question(), "agent", "echo", "created_at", at));
        redis.template
                .opsForZSet()
                .add(keys.requestIds(), id.toString(), ask.createdAt().toEpochMilli());
        redis.template
                .opsForZSet()
                .add(keys.openRequestIds(), id.toString(), ask.createdAt().toEpochMilli());
        log.publish(ask);
        return ask;
    }

    private void deleteRecordsUpTo(long offset) {
        TopicPartition partition = new TopicPartition(log.prefix() + "turns", 0);
        try (Admin admin = Admin.create(TestBackends.shared().kafka())) {
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}

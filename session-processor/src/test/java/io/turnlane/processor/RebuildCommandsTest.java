package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.RedisCallback;

/** Rebuild of what commands did to a session, and rebuild by command. */
class RebuildCommandsTest extends RebuildTests {

    @Test
    void rebuildsASessionByCommandAndRepairsDamage() {
        processor = TestProcessors.start(log);
        answer("one");
        answer("two");
        damage();
        assertThat(started(answer("three")).memory()).isEqualTo("damaged");
        RebuildSession command =
                log.publish(new RebuildSession(new RequestId(UUID.randomUUID()), session, null, Instant.now()));
        await().atMost(SOON)
                .until(() -> command.requestId()
                        .toString()
                        .equals(redis().opsForHash().get(keys.lastRebuild(), "request_id")));
        assertThat(redis().opsForHash().get(keys.lastRebuild(), "turns")).isEqualTo("1");
        assertThat(started(answer("four")).memory()).isEqualTo("rebuilt");
        assertThat(questions()).containsExactly("one", "two", "three", "four");
    }

    @Test
    void restoresImportsAndUpdatesAfterAFlushWithoutRepeatingThem() {
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        log.publish(TestProcessors.ask(
                SessionId.random(), "stuck", Map.of("delay_ms", 60_000))); // all later records are redelivered
        answer("gone");
        ImportSession imported =
                log.publish(new ImportSession(id(), session, null, Instant.now(), state("a", "b"), null));
        log.publish(new UpdateSession(id(), session, null, Instant.now(), null, Map.of("n", 2), null));
        answer("after");
        assertThat(questions()).containsExactly("a", "b", "after");
        processor.close();
        flushFromOutside();
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        Ask next = answer("next");
        await().atMost(SOON).untilAsserted(() -> assertThat(questions()).containsExactly("a", "b", "after", "next"));
        assertThat(started(next).memory()).isEqualTo("rebuilt");
        assertThat(context("metadata")).isEqualTo("{\"m\":1,\"n\":2}");
        assertThat(context("request_count")).isEqualTo("4");
        assertThat(redis().opsForHash().get(keys.request(imported.requestId()), "status"))
                .isEqualTo("completed");
    }

    @Test
    void restoresTheInitialStateOfASessionWithoutQuestions() {
        processor = TestProcessors.start(log);
        ImportSession created = log.publish(new ImportSession(id(), session, null, Instant.now(), state(), null));
        await().atMost(SOON)
                .until(() -> "completed".equals(redis().opsForHash().get(keys.request(created.requestId()), "status")));
        flush();
        await().atMost(SOON).until(() -> redis().hasKey(keys.context()));
        assertThat(context("metadata")).isEqualTo("{\"m\":1}");
        assertThat(context("agent")).isEqualTo("echo");
        answer("one");
        assertThat(questions()).containsExactly("one");
        assertThat(context("metadata")).isEqualTo("{\"m\":1}");
    }

    private static SessionState state(String... questions) {
        List<PastTurn> turns = java.util.stream.Stream.of(questions)
                .map(question -> new PastTurn(
                        id(),
                        RequestStatus.COMPLETED,
                        question,
                        question,
                        null,
                        List.of(),
                        Duration.ofMillis(5),
                        Instant.EPOCH))
                .toList();
        return new SessionState(
                "echo", Map.of("m", 1), Duration.ofHours(1), Instant.EPOCH, 2, Duration.ofSeconds(1), turns);
    }

    private void damage() {
        byte[] key = keys.history().getBytes();
        redis().execute((RedisCallback<Object>) (RedisConnection connection) -> {
            byte[] blob = connection.listCommands().lIndex(key, 0);
            blob[blob.length / 2] ^= 1;
            connection.listCommands().lSet(key, 0, blob);
            return null;
        });
        redis().opsForHash().put(keys.context(), "version", UUID.randomUUID().toString());
    }
}

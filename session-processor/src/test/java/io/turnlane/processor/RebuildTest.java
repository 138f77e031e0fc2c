package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.EmbeddedTestBackends;
import io.turnlane.backends.TestBackends;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.ToolStep;
import io.turnlane.model.ToolStep.ToolUse;
import io.turnlane.model.TurnPolicy;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.data.redis.core.RedisCallback;

/** Redis is a cache of the log: lost data is restored, and deleted data stays deleted. */
class RebuildTest extends RebuildTests {

    @Test
    void restoresTheHistoryAfterAFlushAndReportsIt() {
        processor = TestProcessors.start(log);
        answer("one");
        answer("two");
        List<PastTurn> before = history();
        flush();
        Ask next = answer("three");
        assertThat(history()).hasSize(3);
        assertThat(history().subList(0, 2))
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("timestamp", "processingTime")
                .isEqualTo(before);
        assertThat(started(next).memory()).isEqualTo("rebuilt");
        assertThat(started(answer("four")).memory()).as("reported once").isNull();
        assertThat(context("request_count")).isEqualTo("4");
    }

    @Test
    void restoresTheStatesOfAgentsAndTheCallsOfToolsThatTheyKeep() {
        AgentFactory counting = new AgentFactory() {
            @Override
            public AgentDescription description() {
                return new AgentDescription("counting", "", List.of());
            }

            @Override
            public Agent create() {
                return (question, memory, sink) -> {
                    int before = (Integer) memory.state().getOrDefault("turns", 0);
                    sink.state(Map.of("turns", before + 1));
                    sink.keep(new ToolStep(null, List.of(new ToolUse("1", "count", "{}", "turn " + before))));
                    return Answer.ofText("turns before: " + before);
                };
            }
        };
        SpringApplicationBuilder application = ProcessorApplication.application()
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean("counting", AgentFactory.class, () -> counting));
        processor = TestProcessors.start(application, log);
        put(askCounting());
        put(askCounting());
        answer("of another agent");
        flush();
        Ask next = put(askCounting());
        assertThat(started(next).memory()).isEqualTo("rebuilt");
        assertThat(log.events())
                .filteredOn(event -> isOf(event, "completed", next))
                .extracting(TurnLogFixture.PublishedEvent::answer)
                .containsExactly("turns before: 2");
        assertThat(history().stream()
                        .flatMap(turn -> turn.toolSteps().stream())
                        .map(step -> step.calls().getFirst().result()))
                .containsExactly("turn 0", "turn 1", "turn 2");
    }

    private Ask askCounting() {
        return new Ask(
                id(),
                session,
                null,
                "counting",
                "how many?",
                Map.of(),
                Duration.ofHours(1),
                Instant.now(),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }

    @Test
    void detectsALossImmediatelyIfTheSessionIsCached() {
        processor = TestProcessors.start(log, "--turnlane.processor.rebuild.look=1h");
        answer("one");
        flush();
        Ask next = TestProcessors.ask(session, "two", Map.of());
        redis().opsForHash().put(keys.request(next.requestId()), "status", "queued"); // as a gateway does
        assertThat(started(put(next)).memory()).isEqualTo("rebuilt");
        assertThat(questions()).containsExactly("one", "two");
    }

    @Test
    void detectsALossAtItsStart() {
        processor = TestProcessors.start(log);
        answer("one");
        processor.close();
        flushFromOutside();
        processor = TestProcessors.start(log, "--turnlane.processor.rebuild.look=1h");
        assertThat(started(answer("two")).memory()).isEqualTo("rebuilt");
        assertThat(questions()).containsExactly("one", "two");
    }

    @Test
    void restoresWhatAKilledRedisHadNotYetWritten() throws Exception {
        EmbeddedTestBackends own = TestBackends.forFaults();
        processor = TestProcessors.start(log, "--spring.data.redis.url=" + own.redisUrl());
        answer("one");
        Ask two = answer("two");
        redis().execute((RedisCallback<Object>) connection -> {
            connection.serverCommands().setConfig("appendfsync", "always");
            return null;
        });
        redis().delete(keys.request(two.requestId()));
        redis().opsForList().rightPop(keys.history());
        redis().opsForHash().put(keys.context(), "version", "older");
        own.redis().kill();
        own.redis().start();
        long start = System.nanoTime();
        answer("three");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        await().atMost(SOON).untilAsserted(() -> assertThat(questions()).containsExactly("one", "two", "three"));
        assertThat(redis().opsForHash().get(keys.request(two.requestId()), "status"))
                .isEqualTo("completed");
    }

    @Test
    void restoresAQuestionThatWaitedForALongTime() {
        Ask waited = TestProcessors.ask(session, "waited", Map.of());
        log.publishAt(Instant.now().minus(Duration.ofMinutes(210)), waited);
        processor = TestProcessors.start(log, "--turnlane.topics.events-retention=2h");
        log.awaitTerminals(++asked, SOON);
        flush();
        answer("later");
        assertThat(questions()).containsExactly("waited", "later");
    }

    @Test
    void reportsAResetIfTheLogNoLongerContainsTheSession() {
        processor = TestProcessors.start(
                log, "--turnlane.topics.events-retention=1s", "--turnlane.processor.rebuild.look=1h");
        answer("one");
        Instant old = Instant.now().plusSeconds(2);
        await().atMost(SOON).until(() -> Instant.now().isAfter(old));
        flush();
        assertThat(started(answer("two")).memory()).isEqualTo("reset");
        assertThat(questions()).containsExactly("two");
    }

    @Test
    void doesNotRestoreDeletedSessions() {
        processor = TestProcessors.start(log);
        answer("secret");
        log.publish(new DeleteSession(new RequestId(UUID.randomUUID()), session, null, Instant.now()));
        await().atMost(SOON).until(() -> !redis().hasKey(keys.context()));
        answer("after");
        flush();
        answer("later");
        assertThat(questions()).containsExactly("after", "later");
    }

    @Test
    void doesNotRestoreExpiredSessions() {
        processor = TestProcessors.start(log);
        SessionId lasting = SessionId.random();
        put(ask(lasting, "lasting", Duration.ofHours(1)));
        put(ask(session, "short", Duration.ofSeconds(1)));
        await().atMost(SOON).until(() -> !redis().hasKey(keys.context()));
        flush();
        await().atMost(SOON).until(() -> redis().hasKey(new MemoryKeys(SessionKey.of(null, lasting)).context()));
        assertThat(redis().hasKey(keys.context())).isFalse();
    }

    @Test
    void doesNotRunFinishedTurnsAgainThatAreRedeliveredAfterAFlush() {
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        Ask stuck = log.publish(TestProcessors.ask(SessionId.random(), "stuck", Map.of("delay_ms", 60_000)));
        Ask finished = answer("finished");
        Ask failed = put(TestProcessors.ask(session, "?", Map.of("delay_ms", "no number")));
        await().atMost(SOON).until(() -> count("started", stuck) == 1);
        processor.close();
        flushFromOutside();
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        log.awaitTerminals(asked + 2, SOON);
        await().atMost(SOON).until(() -> count("started", stuck) == 2);
        assertThat(count("started", finished)).isEqualTo(1);
        assertThat(count("completed", finished)).isEqualTo(2);
        assertThat(count("started", failed)).isEqualTo(1);
        assertThat(redis().opsForHash().get(keys.request(finished.requestId()), "status"))
                .as("clients that poll find it")
                .isEqualTo("completed");
        assertThat(questions()).containsExactly("finished");
    }

    @Test
    void callsNoAgentForATurnThatWasCancelledBeforeAFlush() {
        Ask fresh = log.publish(TestProcessors.ask(session, "cancelled", Map.of()));
        log.publish(cancelOf(fresh, "typed too fast"));
        Instant longAgo = Instant.now().minus(Duration.ofHours(5)); // before the oldest event that a rebuild reads
        Ask old = TestProcessors.ask(SessionId.random(), "cancelled long ago", Map.of());
        log.publishAt(longAgo, old);
        log.publishAt(longAgo.plusSeconds(1), cancelOf(old, null));
        flushFromOutside();
        processor = TestProcessors.start(log, "--turnlane.topics.events-retention=1h");
        answer("after");
        await().atMost(SOON).until(() -> count("cancelled", fresh) == 1 && count("cancelled", old) == 1);
        assertThat(count("started", fresh) + count("started", old)).isZero();
        assertThat(log.events().stream().filter(event -> isOf(event, "cancelled", fresh)))
                .extracting(event -> event.data().get("reason"))
                .containsExactly("typed too fast");
        assertThat(questions()).containsExactly("after");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.committed("turnlane-processors"))
                        .as("no record stays open")
                        .isEqualTo(5));
    }

    private static CancelTurn cancelOf(Ask ask, String reason) {
        return new CancelTurn(id(), ask.sessionId(), null, Instant.now(), ask.requestId(), reason);
    }

    @Test
    void continuesTheAttemptNumbersThatClientsHaveSeen() {
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        Ask ask = log.publish(TestProcessors.ask(session, "two words", Map.of("delay_ms", 60_000)));
        await().atMost(SOON).until(() -> count("started", ask) == 1);
        processor.close();
        flushFromOutside();
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        await().atMost(SOON).until(() -> count("started", ask) == 2);
        assertThat(log.events().stream().filter(event -> isOf(event, "started", ask)))
                .extracting(event -> event.data().get("attempt"))
                .containsExactly(1, 2);
    }

    @Test
    void restoresTheRecordOfAWaitingQuestion() {
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        log.publish(TestProcessors.ask(session, "stuck", Map.of("delay_ms", 60_000)));
        Ask waits = log.publish(TestProcessors.ask(session, "waits", Map.of()));
        await().atMost(SOON)
                .until(() ->
                        log.events().stream().anyMatch(event -> event.type().equals("started")));
        flush();
        await().atMost(SOON)
                .until(() -> "queued".equals(redis().opsForHash().get(keys.request(waits.requestId()), "status")));
        assertThat(redis().opsForZSet().range(keys.openRequestIds(), 0, -1))
                .contains(waits.requestId().toString());
    }

    @Test
    void storesAnAnswerAlthoughMemoryWasLostWhileTheAgentWasRunning() {
        processor = TestProcessors.start(log);
        answer("one");
        Ask ask = log.publish(TestProcessors.ask(session, "two", Map.of("delay_ms", 1500)));
        await().atMost(SOON).until(() -> count("started", ask) == 1);
        flush();
        log.awaitTerminals(++asked, SOON);
        assertThat(count("started", ask)).as("the agent was asked once").isEqualTo(1);
        assertThat(questions()).containsExactly("one", "two");
        assertThat(started(answer("three")).memory()).isEqualTo("rebuilt");
    }

    private static Ask ask(SessionId of, String question, Duration ttl) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                of,
                null,
                "echo",
                question,
                Map.of(),
                ttl,
                Instant.now(),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }

    private long count(String type, Ask ask) {
        return log.events().stream().filter(event -> isOf(event, type, ask)).count();
    }
}

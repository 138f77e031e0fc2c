package io.turnlane.processor;

import static io.turnlane.processor.TestProcessors.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.TurnLogFixture.PublishedEvent;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.kafka.core.KafkaOperations;
import org.springframework.kafka.core.KafkaTemplate;

/** A complete processor with a real Kafka and a real Redis. */
class ProcessorTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final TurnLogFixture log = new TurnLogFixture(1);
    private final List<ConfigurableApplicationContext> processors = new ArrayList<>();

    @AfterEach
    void stop() {
        processors.forEach(ConfigurableApplicationContext::close);
        log.close();
    }

    @Test
    void answersTurnsOfOneSessionInOrder() {
        start();
        SessionId session = SessionId.random();
        List<Ask> asks = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            asks.add(log.publish(ask(session, "question " + i, Map.of("delay_ms", 20))));
        }
        List<PublishedEvent> completed = log.awaitTerminals(12, SOON);
        assertThat(completed)
                .extracting(PublishedEvent::requestId)
                .containsExactlyElementsOf(
                        asks.stream().map(ask -> ask.requestId().toString()).toList());
        assertThat(completed)
                .extracting(PublishedEvent::answer)
                .containsExactlyElementsOf(
                        asks.stream().map(ask -> "echo: " + ask.question()).toList());
        assertThat(log.events())
                .filteredOn(event -> event.type().equals("queued"))
                .hasSize(11);
    }

    /** With this setting, the Kafka client rejects a record at once if it does not know the partitions of its topic. */
    @Test
    void knowsTheTopicsOfItsEventsBeforeItsFirstTurn() {
        start("--spring.kafka.producer.properties.max.block.ms=0");
        KafkaOperations<?, ?> kafka = processors.getFirst().getBean(KafkaTemplate.class);
        assertThat(kafka.partitionsFor(log.eventsTopic())).hasSize(log.partitions());
        log.publish(ask(SessionId.random(), "first", Map.of()));
        log.awaitTerminals(1, SOON);
        assertThat(log.events()).extracting(PublishedEvent::type).containsExactly("started", "delta", "completed");
    }

    @Test
    void doesNotDelaySessionsByOtherSessions() {
        start("--turnlane.processor.drain-budget=100ms");
        Ask slow = log.publish(ask(SessionId.random(), "slow", Map.of("delay_ms", 30_000)));
        for (int i = 0; i < 50; i++) {
            log.publish(ask(SessionId.random(), "quick", Map.of()));
        }
        assertThat(log.awaitTerminals(50, SOON))
                .extracting(PublishedEvent::requestId)
                .doesNotContain(slow.requestId().toString());
    }

    @Test
    void answersEarlierQuestionsAfterItsStartAndOnlyOnce() {
        Ask ask = log.publish(ask(SessionId.random(), "early", Map.of()));
        start();
        log.awaitTerminals(1, SOON);
        processors.removeFirst().close();
        start();
        log.publish(ask(SessionId.random(), "late", Map.of()));
        log.awaitTerminals(2, SOON);
        assertThat(log.terminals())
                .filteredOn(event -> event.requestId().equals(ask.requestId().toString()))
                .hasSize(1);
    }

    @Test
    void publishesTheStoredAnswerAgainIfATurnIsDeliveredTwice() {
        start();
        Ask ask = ask(SessionId.random(), "twice", Map.of());
        log.publish(ask);
        log.awaitTerminals(1, SOON);
        log.publish(ask);
        List<PublishedEvent> duplicates = log.awaitTerminals(2, SOON);
        assertThat(duplicates).extracting(PublishedEvent::answer).containsExactly("echo: twice", "echo: twice");
        assertThat(log.events())
                .filteredOn(event -> event.type().equals("started"))
                .hasSize(1);
        assertThat(history(ask)).isEqualTo(1);
    }

    @Test
    void discardsADuplicateOfAWaitingTurn() {
        start();
        SessionId session = SessionId.random();
        log.publish(ask(session, "first", Map.of("delay_ms", 500)));
        Ask ask = ask(session, "twice", Map.of());
        log.publish(ask);
        log.publish(ask);
        log.publish(ask(session, "last", Map.of()));
        assertThat(log.awaitTerminals(3, SOON))
                .extracting(PublishedEvent::answer)
                .containsExactly("echo: first", "echo: twice", "echo: last");
        assertThat(log.events())
                .as("a duplicate publishes no queued event")
                .filteredOn(event -> event.type().equals("queued"))
                .hasSize(2);
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(log.committed("turnlane-processors")).isEqualTo(4));
    }

    @Test
    void holdsOnlyPositionsOfADeepLaneAndDoesNotDelayOthers() {
        ConfigurableApplicationContext processor = start("--turnlane.processor.intake.open=200");
        SessionId flooding = SessionId.random();
        List<String> asked = new ArrayList<>();
        int turns = Integer.getInteger("flood", 800);
        for (int i = 0; i < turns; i++) {
            Ask ask = ask(flooding, "q" + i, Map.of("delay_ms", i == 0 ? 4_000 : 0));
            log.publishAsync(ask);
            asked.add(ask.requestId().toString());
        }
        Ask other = log.publish(ask(SessionId.random(), "of another session", Map.of()));
        assertThat(log.awaitTerminals(1, SOON))
                .as("not delayed by more turns than the processor may hold in memory")
                .extracting(PublishedEvent::requestId)
                .containsExactly(other.requestId().toString());
        assertThat(processor.getBean(TurnPoller.class).statistics().open()).isGreaterThan(200);

        Duration oneAfterAnother = Duration.ofSeconds(30).plusMillis(15L * turns);
        List<PublishedEvent> all = log.awaitTerminals(turns + 1, oneAfterAnother);
        assertThat(all.subList(1, all.size()))
                .extracting(PublishedEvent::requestId)
                .containsExactlyElementsOf(asked);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                processor.getBean(TurnPoller.class).statistics().open())
                        .isZero());
    }

    @Test
    void countsRecordsThatArriveWhileItReadsNothingAsLag() {
        ConfigurableApplicationContext processor =
                start("--turnlane.processor.intake.open=1", "--turnlane.processor.drain-budget=100ms");
        TurnPoller poller = processor.getBean(TurnPoller.class);
        log.publish(ask(SessionId.random(), "slow", Map.of("delay_ms", 60_000)));
        await().atMost(SOON).until(() -> poller.statistics().open() == 1);
        for (int i = 0; i < 5; i++) {
            log.publish(ask(SessionId.random(), "behind it", Map.of()));
        }
        await().atMost(SOON).until(() -> poller.statistics().lag() == 5);
        assertThat(poller.statistics().stalled()).isPositive();
    }

    @Test
    void streamsTheAnswerInPieces() {
        start();
        log.publish(ask(SessionId.random(), "one two three four five", Map.of("deltas", 5, "delay_ms", 300)));
        log.awaitTerminals(1, SOON);
        List<PublishedEvent> deltas = log.events().stream()
                .filter(event -> event.type().equals("delta"))
                .toList();
        assertThat(deltas).hasSizeGreaterThan(2);
        assertThat(String.join("", deltas.stream().map(PublishedEvent::text).toList()))
                .isEqualTo("echo: one two three four five");
        assertThat(log.events().stream().map(PublishedEvent::seq).toList())
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void failsATurnPermanentlyAfterATerminalAgentException() {
        start();
        Ask ask = log.publish(ask(SessionId.random(), "?", Map.of("delay_ms", "soon")));
        PublishedEvent failed = log.awaitTerminals(1, SOON).getFirst();
        assertThat(failed.type()).isEqualTo("failed");
        assertThat(failed.errorCode()).isEqualTo("invalid_request");
        assertThat(log.quarantined(1, SOON)).containsExactly(ask.requestId().toString());
    }

    @Test
    void quarantinesUnreadableRecordsAndContinues() {
        start();
        SessionId session = SessionId.random();
        log.publishRaw(
                "-:" + session, "not json", Map.of("type", "ask", "schema-version", "1.0", "request-id", uuid()));
        log.publishRaw("-:" + session, "{}", Map.of("type", "ask", "schema-version", "2.0", "request-id", uuid()));
        log.publishRaw("-:" + session, "{}", Map.of("schema-version", "1.0", "request-id", uuid()));
        log.publishRaw("not a session key", "{}", Map.of("type", "ask", "schema-version", "1.0", "request-id", uuid()));
        log.publishRaw(null, "{}", Map.of());
        log.publish(ask(session, "fine", Map.of()));
        assertThat(log.awaitTerminals(4, SOON).getLast().answer()).isEqualTo("echo: fine");
        assertThat(log.quarantined(5, SOON)).hasSize(5);
        assertThat(log.terminals())
                .as("records with a request id end with a failed event")
                .filteredOn(event -> event.type().equals("failed"))
                .extracting(PublishedEvent::errorCode)
                .containsExactly("unreadable_record", "unreadable_record", "unreadable_record");
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(log.committed("turnlane-processors")).isEqualTo(6));
    }

    @Test
    void failsACommandThatItCannotProcessAndContinuesBehindIt() {
        ConfigurableApplicationContext processor = start("--turnlane.processor.retry.first=100ms");
        StringRedisTemplate redis = processor.getBean(StringRedisTemplate.class);
        SessionId session = SessionId.random();
        Ask before = log.publish(ask(session, "before", Map.of()));
        log.awaitTerminals(1, SOON);
        redis.delete(keys(before).history());
        redis.opsForValue().set(keys(before).history(), "not a list");
        ForkSession fork = log.publish(
                new ForkSession(id(), session, null, Instant.now(), before.requestId(), SessionId.random()));
        log.publish(new DeleteSession(id(), session, null, Instant.now()));
        assertThat(log.quarantined(1, SOON)).containsExactly(fork.requestId().toString());
        assertThat(log.awaitTerminals(2, SOON).getLast().errorCode()).isEqualTo("poison");
        await().atMost(SOON).until(() -> !redis.hasKey(keys(before).context()));
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(log.committed("turnlane-processors")).isEqualTo(3));
        assertThat(processor.getBean(TurnPoller.class).statistics().open()).isZero();
    }

    @Test
    void deletesASessionAfterTheTurnsThatWereAlreadyQueued() {
        StringRedisTemplate redis = start().getBean(StringRedisTemplate.class);
        SessionId session = SessionId.random();
        Ask before = log.publish(ask(session, "before", Map.of("delay_ms", 200)));
        log.publish(new DeleteSession(new RequestId(UUID.randomUUID()), session, null, Instant.now()));
        log.awaitTerminals(1, SOON);
        await().atMost(SOON).until(() -> !redis.hasKey(keys(before).context()));
        log.publish(ask(session, "after", Map.of()));
        log.awaitTerminals(2, SOON);
        assertThat(history(before)).isEqualTo(1);
    }

    @Test
    void worksWithTheNewGroupProtocol() {
        start(
                "--spring.kafka.consumer.properties.group.protocol=consumer",
                "--turnlane.processor.intake.group=new-protocol");
        SessionId session = SessionId.random();
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            asked.add(log.publish(ask(session, "q" + i, Map.of())).requestId().toString());
        }
        assertThat(log.awaitTerminals(5, Duration.ofSeconds(40)))
                .extracting(PublishedEvent::requestId)
                .containsExactlyElementsOf(asked);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.committed("new-protocol")).isEqualTo(5));
    }

    @Test
    void losesNoTurnsWhenProcessorsJoinAndLeave() {
        log.close();
        try (TurnLogFixture wide = new TurnLogFixture(8)) {
            start(wide);
            start(wide);
            List<String> asked = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                SessionCommand ask = wide.publish(
                        ask(new SessionId("s-" + i % 40 + "-" + wide.prefix()), "q" + i, Map.of("delay_ms", 50)));
                asked.add(ask.requestId().toString());
                if (i == 60) {
                    start(wide);
                }
                if (i == 120) {
                    processors.removeFirst().close();
                }
            }
            await().atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(wide.terminals().stream()
                                    .map(PublishedEvent::requestId)
                                    .distinct()
                                    .toList())
                            .containsExactlyInAnyOrderElementsOf(asked));
            processors.forEach(ConfigurableApplicationContext::close);
            processors.clear();
        }
    }

    private long history(Ask ask) {
        return processors
                .getLast()
                .getBean(StringRedisTemplate.class)
                .opsForList()
                .size(keys(ask).history());
    }

    private static MemoryKeys keys(Ask ask) {
        return new MemoryKeys(SessionKey.of(null, ask.sessionId()));
    }

    private static RequestId id() {
        return new RequestId(UUID.randomUUID());
    }

    private static String uuid() {
        return UUID.randomUUID().toString();
    }

    private ConfigurableApplicationContext start(String... more) {
        return start(log, more);
    }

    private ConfigurableApplicationContext start(TurnLogFixture on, String... more) {
        ConfigurableApplicationContext processor = TestProcessors.start(on, more);
        processors.add(processor);
        return processor;
    }
}

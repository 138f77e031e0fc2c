package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnPolicy;
import io.turnlane.processor.TurnLogFixture.PublishedEvent;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
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
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Processors of one group that offer different agents, as during a release that adds an agent. */
@Timeout(120)
class DifferentAgentsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final TurnLogFixture log = new TurnLogFixture(1);
    private final List<ConfigurableApplicationContext> processors = new ArrayList<>();

    @AfterEach
    void stop() {
        processors.forEach(ConfigurableApplicationContext::close);
        log.close();
    }

    @Test
    void answersAQuestionWhoseAgentOnlyTheNextOwnerHas() {
        ConfigurableApplicationContext old = start(TestProcessors.start(log));
        start(withHaiku());
        Ask haiku = log.publish(ask("haiku"));
        Ask next = log.publish(new Ask(
                new RequestId(UUID.randomUUID()),
                haiku.sessionId(),
                null,
                "echo",
                "next",
                Map.of(),
                Duration.ofHours(1),
                Instant.now(),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(record(old, haiku))
                        .containsEntry("status", "queued")
                        .containsEntry("stage", "waiting_for_agent"));
        assertThat(log.terminals()).as("the order of the session is kept").isEmpty();

        old.close();
        assertThat(log.awaitTerminals(2, SOON))
                .extracting(PublishedEvent::requestId, PublishedEvent::answer)
                .containsExactly(
                        tuple(haiku.requestId().toString(), "old pond"),
                        tuple(next.requestId().toString(), "echo: next"));
        assertThat(log.events())
                .filteredOn(event -> event.requestId().equals(haiku.requestId().toString()))
                .extracting(PublishedEvent::type)
                .containsSubsequence("queued", "started", "completed");
    }

    @Test
    void failsAQuestionWithUnknownAgentIfNoProcessorWithItTakesOverInTime() {
        start(TestProcessors.start(log, "--turnlane.processor.agent-wait=1s"));
        start(withHaiku());
        Ask haiku = log.publish(ask("haiku"));
        PublishedEvent failed = log.awaitTerminals(1, SOON).getFirst();
        assertThat(failed.requestId()).isEqualTo(haiku.requestId().toString());
        assertThat(failed.errorCode()).isEqualTo("unknown_agent");
        assertThat(log.events())
                .as("the question has waited for a processor with its agent")
                .extracting(PublishedEvent::type)
                .containsSubsequence("queued", "failed");
    }

    @Test
    void failsAQuestionWithinSecondsIfNoProcessorOffersItsAgent() {
        start(TestProcessors.start(log));
        log.publish(ask("nobody-offers-this"));
        assertThat(log.awaitTerminals(1, Duration.ofSeconds(10)).getFirst().errorCode())
                .isEqualTo("unknown_agent");
    }

    /** Starts a processor that joins the group after the first one, which keeps the only partition. */
    private ConfigurableApplicationContext withHaiku() {
        ConfigurableApplicationContext first = processors.getFirst();
        await().atMost(SOON)
                .until(() -> first.getBean(TurnPoller.class).statistics().partitions() == 1);
        ConfigurableApplicationContext second =
                TestProcessors.start(ProcessorApplication.application().sources(Haiku.class), log);
        await().atMost(SOON)
                .until(() -> Boolean.TRUE.equals(
                        second.getBean(StringRedisTemplate.class).hasKey(MemoryKeys.offeredAgent("haiku"))));
        return second;
    }

    private ConfigurableApplicationContext start(ConfigurableApplicationContext processor) {
        processors.add(processor);
        return processor;
    }

    private static Map<Object, Object> record(ConfigurableApplicationContext processor, Ask ask) {
        return processor
                .getBean(StringRedisTemplate.class)
                .opsForHash()
                .entries(new MemoryKeys(ask.key()).request(ask.requestId()));
    }

    private static Ask ask(String agent) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                SessionId.random(),
                null,
                agent,
                "?",
                Map.of(),
                Duration.ofHours(1),
                Instant.now(),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }

    static class Haiku {

        @Bean
        AgentFactory haiku() {
            return new AgentFactory() {
                @Override
                public AgentDescription description() {
                    return new AgentDescription("haiku", "Answers in seventeen syllables.", List.of());
                }

                @Override
                public Agent create() {
                    return (question, memory, sink) -> Answer.ofText("old pond");
                }
            };
        }
    }
}

package io.turnlane.processor;

import io.turnlane.backends.TestBackends;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts complete processors on the topics of a test, and creates questions for them. */
final class TestProcessors {

    private TestProcessors() {}

    /** Starts a processor. With the new group protocol the broker sets the timeouts of members. */
    static ConfigurableApplicationContext start(TurnLogFixture on, String... more) {
        return start(ProcessorApplication.application(), on, more);
    }

    /** Starts a processor from an application with further beans. */
    static ConfigurableApplicationContext start(SpringApplicationBuilder from, TurnLogFixture on, String... more) {
        List<String> settings = new ArrayList<>(List.of(more));
        List<String> defaults = new ArrayList<>(TestBackends.shared().springArguments());
        defaults.addAll(List.of(
                "--turnlane.topics.prefix=" + on.prefix(),
                "--turnlane.topics.partitions=" + on.partitions(),
                "--turnlane.processor.drain-budget=5s",
                "--turnlane.processor.retrieval.enabled=false")); // its model takes a second to load
        settings.addAll(
                defaults.stream().filter(setting -> !isSet(settings, setting)).toList());
        if (settings.stream().noneMatch(setting -> setting.endsWith("group.protocol=consumer"))) {
            settings.add("--spring.kafka.consumer.properties.session.timeout.ms=3000");
            settings.add("--spring.kafka.consumer.properties.heartbeat.interval.ms=500");
        }
        return from.run(settings.toArray(String[]::new));
    }

    private static boolean isSet(List<String> settings, String setting) {
        String name = setting.substring(0, setting.indexOf('=') + 1);
        return settings.stream().anyMatch(other -> other.startsWith(name));
    }

    static Ask ask(SessionId session, String question, Map<String, Object> metadata) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                session,
                null,
                "echo",
                question,
                metadata,
                Duration.ofHours(1),
                Instant.now(),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }
}

package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.processor.TurnLogFixture.PublishedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Turns that are redelivered, because the committed offset did not advance past an earlier one, are published again but
 * do not run again.
 */
class RedeliveryTest {

    private final TurnLogFixture log = new TurnLogFixture(1);
    private ConfigurableApplicationContext processor;

    @AfterEach
    void stop() {
        processor.close();
        log.close();
    }

    /** {@code -Dbehind=50000} sets the number of redelivered turns. */
    @Test
    void runsNoTurnAgainThatFinishedBehindAStuckOne() {
        int behind = Integer.getInteger("behind", 2_000);
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        int stuckMs = 60_000 + 3 * behind; // longer than the other turns take
        Ask stuck = log.publish(TestProcessors.ask(SessionId.random(), "stuck", Map.of("delay_ms", stuckMs)));
        long start = System.nanoTime();
        for (int i = 0; i < behind; i++) {
            log.publishAsync(TestProcessors.ask(new SessionId("s-" + i % 500 + log.prefix()), "q" + i, Map.of()));
        }
        log.awaitTerminals(behind, Duration.ofMinutes(3));
        System.out.printf("%d turns behind a stuck one: %.1f s%n", behind, (System.nanoTime() - start) / 1e9);
        assertThat(log.committed("turnlane-processors"))
                .as("committed offset, not past the stuck turn")
                .isLessThanOrEqualTo(0);

        processor.close();
        processor = TestProcessors.start(log, "--turnlane.processor.drain-budget=100ms");
        log.awaitTerminals(2 * behind, Duration.ofMinutes(3));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> starts(stuck.requestId().toString()) == 2);
        Set<String> others = log.events().stream()
                .filter(event -> event.type().equals("started"))
                .map(PublishedEvent::requestId)
                .filter(id -> !id.equals(stuck.requestId().toString()))
                .collect(Collectors.toSet());
        assertThat(log.events())
                .filteredOn(event -> event.type().equals("started") && others.contains(event.requestId()))
                .as("each turn ran once")
                .hasSize(behind);
        List<String> answers =
                log.terminals().stream().map(PublishedEvent::answer).distinct().toList();
        assertThat(answers).as("both events of a turn have the same answer").hasSize(behind);
    }

    private long starts(String request) {
        return log.events().stream()
                .filter(event ->
                        event.type().equals("started") && event.requestId().equals(request))
                .count();
    }
}

package io.turnlane.processor.system;

import io.turnlane.processor.intake.TurnPoller;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Down when the poll thread hasn't come round for long: a process may live and answer, and yet do nothing. */
final class EngineHealth implements HealthIndicator {

    private static final Duration LONGEST_ROUND = Duration.ofSeconds(45);

    private final TurnPoller poller;
    private final InstantSource clock;

    EngineHealth(TurnPoller poller, InstantSource clock) {
        this.poller = poller;
        this.clock = clock;
    }

    @Override
    public Health health() {
        TurnPoller.Figures figures = poller.figures();
        Duration silence = Duration.between(figures.at(), clock.instant());
        return (silence.compareTo(LONGEST_ROUND) > 0 ? Health.down() : Health.up())
                .withDetail("partitions", figures.partitions())
                .withDetail("open_turns", figures.open())
                .withDetail("lag", figures.lag())
                .withDetail("oldest_age_seconds", figures.oldestAge().toSeconds())
                .withDetail("last_poll_seconds_ago", silence.toSeconds())
                .build();
    }
}

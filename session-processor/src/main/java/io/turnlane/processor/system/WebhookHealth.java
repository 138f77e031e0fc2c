package io.turnlane.processor.system;

import io.turnlane.processor.intake.IntakeStatistics;
import io.turnlane.processor.intake.TurnPoller;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Reports webhooks as down if their poll thread has died or stopped polling. */
record WebhookHealth(PollLiveness liveness, TurnPoller poller) implements HealthIndicator {

    @Override
    public Health health() {
        IntakeStatistics statistics = poller.statistics();
        return (liveness.isAlive() ? Health.up() : Health.down())
                .withDetail("partitions", statistics.partitions())
                .withDetail("open_webhooks", statistics.open())
                .withDetail("lag", statistics.lag())
                .withDetail("last_poll_seconds_ago", liveness.sinceLastPoll().toSeconds())
                .build();
    }
}

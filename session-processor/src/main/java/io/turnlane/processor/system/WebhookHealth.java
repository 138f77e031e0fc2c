package io.turnlane.processor.system;

import io.turnlane.processor.intake.TurnPoller;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Down when the poll thread of webhooks died or hasn't come round for long: then nobody is told of anything. */
final class WebhookHealth implements HealthIndicator {

    private final PollLiveness pulse;
    private final TurnPoller poller;

    WebhookHealth(PollLiveness pulse, TurnPoller poller) {
        this.pulse = pulse;
        this.poller = poller;
    }

    @Override
    public Health health() {
        TurnPoller.IntakeStatistics figures = poller.statistics();
        return (pulse.isAlive() ? Health.up() : Health.down())
                .withDetail("partitions", figures.partitions())
                .withDetail("open_webhooks", figures.open())
                .withDetail("lag", figures.lag())
                .withDetail("last_poll_seconds_ago", pulse.sinceLastPoll().toSeconds())
                .build();
    }
}

package io.turnlane.processor.system;

import io.turnlane.processor.intake.TurnPoller;
import java.time.InstantSource;
import java.util.function.IntSupplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Down when the poll thread hasn't come round for long, or when agents that nobody waits for any more pile up: a
 * process may live and answer, and yet do nothing.
 */
final class EngineHealth implements HealthIndicator {

    private static final int MOST_ABANDONED = 100;

    private final TurnPoller poller;
    private final IntSupplier abandonedAgents;
    private final Drain drain;
    private final PollLiveness pulse;

    EngineHealth(TurnPoller poller, IntSupplier abandonedAgents, Drain drain, InstantSource clock) {
        this.poller = poller;
        this.abandonedAgents = abandonedAgents;
        this.drain = drain;
        this.pulse = new PollLiveness(poller, clock);
    }

    @Override
    public Health health() {
        TurnPoller.IntakeStatistics figures = poller.statistics();
        int abandoned = abandonedAgents.getAsInt();
        boolean well = pulse.isAlive() && abandoned < MOST_ABANDONED;
        return standing(well)
                .withDetail("state", drain.state().wire())
                .withDetail("partitions", figures.partitions())
                .withDetail("open_turns", figures.open())
                .withDetail("abandoned_agents", abandoned)
                .withDetail("lag", figures.lag())
                .withDetail("oldest_age_seconds", figures.oldestAge().toSeconds())
                .withDetail("last_poll_seconds_ago", pulse.sinceLastPoll().toSeconds())
                .build();
    }

    /** One that was drained is well, and yet nobody should count on it. */
    private Health.Builder standing(boolean well) {
        return switch (drain.state()) {
            case RUNNING -> well ? Health.up() : Health.down();
            case DRAINING, EVACUATED -> Health.outOfService();
        };
    }
}

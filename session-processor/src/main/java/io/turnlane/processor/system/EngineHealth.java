package io.turnlane.processor.system;

import io.turnlane.model.ProcessorStatistics;
import io.turnlane.processor.intake.IntakeStatistics;
import io.turnlane.processor.intake.TurnPoller;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.IntSupplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Reports the engine as down if the poll thread has stopped polling or if too many abandoned agents are still running.
 * Also reports it as down if the open turns have been at their maximum number or size for a minute, in which none of
 * them has ended, or if the frontier of a partition does not move for longer than any turn can take, although records
 * wait behind it.
 */
final class EngineHealth implements HealthIndicator {

    private static final int MAX_ABANDONED = 100;

    private final TurnPoller poller;
    private final IntSupplier abandonedAgents;
    private final Drain drain;
    private final OldestWaiting oldestWaiting;
    private final Duration maxFrontierStill;
    private final PollLiveness liveness;

    /**
     * @param maxFrontierStill time for which the frontier of a partition may stay at the same turn, although records
     *     wait behind it
     */
    EngineHealth(
            TurnPoller poller,
            IntSupplier abandonedAgents,
            Drain drain,
            OldestWaiting oldestWaiting,
            Duration maxFrontierStill,
            InstantSource clock) {
        this.poller = poller;
        this.abandonedAgents = abandonedAgents;
        this.drain = drain;
        this.oldestWaiting = oldestWaiting;
        this.maxFrontierStill = maxFrontierStill;
        this.liveness = new PollLiveness(poller, clock);
    }

    @Override
    public Health health() {
        IntakeStatistics statistics = poller.statistics();
        int abandoned = abandonedAgents.getAsInt();
        boolean stalled = statistics.stalled().compareTo(ProcessorStatistics.MAX_STALL) >= 0;
        boolean frontierMoves = statistics.frontierStill().compareTo(maxFrontierStill) <= 0;
        boolean healthy = liveness.isAlive() && abandoned < MAX_ABANDONED && !stalled && frontierMoves;
        return status(healthy)
                .withDetail("state", drain.state().wire())
                .withDetail("partitions", statistics.partitions())
                .withDetail("open_turns", statistics.open())
                .withDetail("abandoned_agents", abandoned)
                .withDetail("lag", statistics.lag())
                .withDetail("oldest_age_seconds", statistics.oldestAge().toSeconds())
                .withDetail("oldest_waiting_seconds", oldestWaiting.age().toSeconds())
                .withDetail("frontier_still_seconds", statistics.frontierStill().toSeconds())
                .withDetail("stalled_seconds", statistics.stalled().toSeconds())
                .withDetail("last_poll_seconds_ago", liveness.sinceLastPoll().toSeconds())
                .build();
    }

    /**
     * Returns {@code OUT_OF_SERVICE} while the processor is drained and afterwards, because it must not receive work.
     */
    private Health.Builder status(boolean healthy) {
        return switch (drain.state()) {
            case RUNNING -> healthy ? Health.up() : Health.down();
            case DRAINING, EVACUATED -> Health.outOfService();
        };
    }
}

package io.turnlane.gateway.system.health;

import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.model.ProcessorStatistics;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/**
 * Health of the processors. If a processor has stalled, it answers no new questions, although gateways still accept
 * them. The health of the gateway is then degraded, but the gateway stays ready. If Redis is unavailable, the state of
 * the processors is unknown, and this indicator reports no problem.
 */
@Component("processorsHealthIndicator")
record ProcessorHealth(Fleet fleet) implements HealthIndicator {

    private static final Duration TIMEOUT = Duration.ofMillis(150);

    @Override
    public Health health() {
        List<String> stalled = TimedCheck.run(
                "processor-check",
                TIMEOUT,
                () -> fleet.alive().stream()
                        .filter(ProcessorStatistics::hasStalled)
                        .map(ProcessorStatistics::processor)
                        .toList(),
                List.of());
        return Health.status(stalled.isEmpty() ? Status.UP : new Status("DEGRADED", "A processor is stalled"))
                .withDetail("stalled", stalled)
                .build();
    }
}

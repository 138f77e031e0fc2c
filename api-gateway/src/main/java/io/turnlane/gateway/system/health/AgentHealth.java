package io.turnlane.gateway.system.health;

import io.turnlane.gateway.turns.fleet.Fleet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/**
 * Health of the agents. If a processor lacks an agent that others offer, questions for this agent wait in its
 * partitions. The health is then degraded, but the gateway stays ready. While Redis is unavailable, this indicator
 * reports no problem. The check returns within 300 ms even if Redis does not reply.
 */
@Component("agentsHealthIndicator")
record AgentHealth(Fleet fleet) implements HealthIndicator {

    private static final Status DIFFERENT = new Status("DEGRADED", "Processors offer different agents");
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    @Override
    public Health health() {
        Map<String, List<String>> missing = TimedCheck.run("agents-check", TIMEOUT, fleet::missingAgents, Map.of());
        return missing.isEmpty()
                ? Health.up().build()
                : Health.status(DIFFERENT).withDetails(missing).build();
    }
}

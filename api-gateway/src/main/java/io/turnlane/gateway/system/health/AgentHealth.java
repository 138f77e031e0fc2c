package io.turnlane.gateway.system.health;

import io.turnlane.gateway.turns.fleet.Fleet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of the agents. If a processor lacks an agent that others offer, questions for this agent wait in its
 * partitions. The health is then degraded, but the gateway stays ready. While Redis is unavailable, this indicator
 * reports no problem. The check returns within 300 ms even if Redis does not reply.
 */
final class AgentHealth implements HealthIndicator {

    private static final Status DIFFERENT = new Status("DEGRADED", "Processors offer different agents");
    private static final long TIMEOUT_MS = 300;

    private final Fleet fleet;

    AgentHealth(Fleet fleet) {
        this.fleet = fleet;
    }

    @Override
    public Health health() {
        Map<String, List<String>> missing = CompletableFuture.supplyAsync(
                        fleet::missingAgents, Thread.ofVirtual().name("agents-check")::start)
                .exceptionally(_ -> Map.of())
                .completeOnTimeout(Map.of(), TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .join();
        return missing.isEmpty()
                ? Health.up().build()
                : Health.status(DIFFERENT).withDetails(missing).build();
    }
}

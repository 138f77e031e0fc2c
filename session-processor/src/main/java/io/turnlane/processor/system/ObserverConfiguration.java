package io.turnlane.processor.system;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.AgentTimes;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnObserver;
import io.turnlane.store.memory.SessionCache;
import java.time.InstantSource;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** Beans for observability: a log line and metrics for each turn, statistics for gateways, and health. */
@Configuration(proxyBeanMethods = false)
class ObserverConfiguration {

    @Bean
    @Primary
    TurnObserver turnObserver(
            AgentCatalog agents,
            LatencyWindow latency,
            AgentTimes agentTimes,
            UsageTotals usage,
            MeterRegistry meters) {
        List<TurnObserver> observers =
                List.of(new TurnLog(), new TurnMeters(meters, agents), latency, agentTimes, usage);
        return report -> observers.forEach(observer -> observer.flightEnded(report));
    }

    @Bean
    UsageTotals usageTotals(AgentCatalog agents, MeterRegistry meters) {
        return new UsageTotals(agents, new UsageMeters(meters));
    }

    @Bean
    EngineHealth engineHealthIndicator(TurnPoller poller, Flights flights, Drain drain, InstantSource clock) {
        return new EngineHealth(poller, flights::abandonedAgents, drain, clock);
    }

    /**
     * Reports the processor as down if the poll thread has died. Only a restart of the process can help, so this
     * indicator is part of the liveness check.
     */
    @Bean
    HealthIndicator pollThreadHealthIndicator(
            TurnPoller poller, ObjectProvider<WebhookConfiguration.WebhookEngine> webhooks) {
        return () -> {
            boolean webhooksFailed =
                    webhooks.stream().anyMatch(engine -> engine.poller().hasFailed());
            return (poller.hasFailed() || webhooksFailed ? Health.down() : Health.up()).build();
        };
    }

    @Bean
    MeterBinder engineMeters(
            LaneScheduler<SessionKey, Turn> lanes, TurnPoller poller, Flights flights, SessionCache cache) {
        return registry -> {
            Gauge.builder("turnlane.agents.abandoned", flights::abandonedAgents).register(registry);
            Gauge.builder("turnlane.lanes", () -> lanes.counts().lanes()).register(registry);
            Gauge.builder("turnlane.turns.running", () -> lanes.counts().running())
                    .register(registry);
            Gauge.builder("turnlane.turns.open", () -> poller.statistics().open())
                    .register(registry);
            Gauge.builder("turnlane.partitions", () -> poller.statistics().partitions())
                    .register(registry);
            Gauge.builder("turnlane.lag", () -> poller.statistics().lag()).register(registry);
            Gauge.builder(
                            "turnlane.stalled",
                            () -> poller.statistics().stalled().toSeconds())
                    .baseUnit("seconds")
                    .register(registry);
            Gauge.builder(
                            "turnlane.oldest.age",
                            () -> poller.statistics().oldestAge().toSeconds())
                    .baseUnit("seconds")
                    .register(registry);
            Gauge.builder("turnlane.cache.sessions", () -> cache.statistics().size())
                    .register(registry);
            Gauge.builder("turnlane.cache.hits", () -> cache.statistics().hits())
                    .register(registry);
            Gauge.builder("turnlane.cache.misses", () -> cache.statistics().misses())
                    .register(registry);
        };
    }
}

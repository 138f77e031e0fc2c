package io.turnlane.processor.system;

import io.micrometer.core.instrument.FunctionCounter;
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
import java.time.Duration;
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
    OldestWaiting oldestWaiting(LaneScheduler<SessionKey, Turn> lanes, InstantSource clock) {
        return new OldestWaiting(lanes, clock);
    }

    @Bean
    EngineHealth engineHealthIndicator(
            TurnPoller poller,
            Flights flights,
            Drain drain,
            OldestWaiting oldestWaiting,
            ProcessorProperties properties,
            InstantSource clock) {
        return new EngineHealth(
                poller, flights::abandonedAgents, drain, oldestWaiting, maxFrontierStill(properties), clock);
    }

    /**
     * Returns the longest time that a turn at the frontier can take: the wait for a processor with its agent, and all
     * its attempts with the delays between them. It is at most the maximum duration of a turn.
     */
    static Duration maxFrontierStill(ProcessorProperties properties) {
        Duration attempt = properties
                .answer()
                .maxTimeout()
                .plus(properties.answer().grace())
                .plus(properties.retry().most());
        Duration turn = properties
                .agentWait()
                .plus(attempt.multipliedBy(properties.retry().failures()));
        Duration longest = ProcessorConfiguration.MAX_TURN_DURATION;
        return turn.compareTo(longest) < 0 ? turn : longest;
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
            LaneScheduler<SessionKey, Turn> lanes,
            TurnPoller poller,
            OldestWaiting oldestWaiting,
            Flights flights,
            SessionCache cache) {
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
            Gauge.builder("turnlane.oldest.waiting", () -> oldestWaiting.age().toMillis() / 1e3)
                    .description("Time since the oldest waiting turn was published to the log")
                    .baseUnit("seconds")
                    .register(registry);
            Gauge.builder(
                            "turnlane.frontier.still",
                            () -> poller.statistics().frontierStill().toMillis() / 1e3)
                    .description("Time for which the frontier of a partition has not moved although records wait")
                    .baseUnit("seconds")
                    .register(registry);
            Gauge.builder("turnlane.cache.sessions", () -> cache.statistics().size())
                    .register(registry);
            FunctionCounter.builder(
                            "turnlane.cache.hits",
                            cache,
                            sessions -> sessions.statistics().hits())
                    .register(registry);
            FunctionCounter.builder(
                            "turnlane.cache.misses",
                            cache,
                            sessions -> sessions.statistics().misses())
                    .register(registry);
        };
    }
}

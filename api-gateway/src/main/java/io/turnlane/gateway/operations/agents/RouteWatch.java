package io.turnlane.gateway.operations.agents;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.turns.deliver.AgentEnd;
import io.turnlane.gateway.turns.deliver.EndListener;
import io.turnlane.gateway.turns.fleet.AgentRegistry;
import io.turnlane.gateway.turns.fleet.ConfiguredRoute;
import io.turnlane.log.CompactedTopic;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.ConfiguredAgent;
import io.turnlane.model.agent.InvalidFieldException;
import io.turnlane.model.agent.RouteSettings;
import io.turnlane.model.agent.RouteTarget;
import io.turnlane.model.agent.WayBack;
import io.turnlane.store.fleet.WayBackClaims;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/**
 * Way back of the routes: takes a target out of its route if it exceeds the limits of the route. Every gateway counts
 * the ends of all turns, and comes to the same result. Normally one gateway publishes the changed route. If Redis is
 * unavailable, several gateways can publish the same change.
 *
 * <p>Threading: the thread that reads the events reports ends, and one other thread checks the routes each second.
 */
public final class RouteWatch implements EndListener, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RouteWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Maximum time until this gateway has read its own change, which normally takes milliseconds. */
    private static final Duration OWN_CHANGE = Duration.ofSeconds(2);

    private final AgentRegistry registry;
    private final CompactedTopic<ConfiguredAgent> topic;
    private final WayBackClaims claims;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final SimpleAsyncTaskScheduler timer = new SimpleAsyncTaskScheduler();

    /** Ends of the watched targets, by the agent that answers. */
    private volatile Map<String, Map<WatchedTarget, TargetWindow>> windows = Map.of();

    /**
     * Target of a route since the last change of the route.
     *
     * @param changedAt time of this change
     */
    private record WatchedTarget(String route, Instant changedAt, String agent) {}

    public RouteWatch(
            AgentRegistry registry,
            CompactedTopic<ConfiguredAgent> topic,
            WayBackClaims claims,
            InstantSource clock,
            MeterRegistry meters) {
        this.registry = registry;
        this.topic = topic;
        this.claims = claims;
        this.clock = clock;
        this.meters = meters;
    }

    /** Starts the checks. */
    public void start() {
        timer.setThreadFactory(Thread.ofVirtual().name("route-watch").factory());
        var _ = timer.scheduleWithFixedDelay(this::check, INTERVAL);
    }

    @Override
    public boolean listens() {
        return !windows.isEmpty();
    }

    @Override
    public void ended(AgentEnd end) {
        windows.getOrDefault(end.agent(), Map.of()).values().forEach(window -> window.add(end));
    }

    private void check() {
        try {
            watchTargets();
            for (Map<WatchedTarget, TargetWindow> ofAgent : windows.values()) {
                for (Map.Entry<WatchedTarget, TargetWindow> one : ofAgent.entrySet()) {
                    String violation = one.getValue().violation(clock.millis()).orElse(null);
                    if (violation != null) {
                        takeOut(one.getKey(), violation);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | InvalidFieldException | RuntimeException e) {
            log.atError().setCause(e).log("routes not checked; retrying");
        }
    }

    /** Counts the ends of all targets that a way back can take out. Begins again for a route that has changed. */
    private void watchTargets() {
        Map<WatchedTarget, TargetWindow> known = new HashMap<>();
        windows.values().forEach(known::putAll);
        Map<String, Map<WatchedTarget, TargetWindow>> now = new HashMap<>();
        for (ConfiguredRoute route : registry.offeredRoutes()) {
            WayBack rule = route.settings().wayBack();
            if (rule == null) {
                continue;
            }
            for (RouteTarget target : route.settings().targets()) {
                if (route.settings().mayTakeOut(target)) {
                    WatchedTarget watched = new WatchedTarget(route.name(), route.changedAt(), target.agent());
                    takenOut(watched); // so that a monitoring system sees the first increase
                    now.computeIfAbsent(registry.lastSuccessor(target.agent()), _ -> new HashMap<>())
                            .put(watched, known.getOrDefault(watched, new TargetWindow(rule)));
                }
            }
        }
        windows = now;
    }

    private void takeOut(WatchedTarget watched, String violation)
            throws InvalidFieldException, ExecutionException, InterruptedException {
        ConfiguredAgent current = registry.find(watched.route()).orElse(null);
        if (current == null
                || current.removed()
                || !current.changedAt().equals(watched.changedAt())
                || !claim(watched)) {
            return;
        }
        AgentDefinition definition = current.read();
        if (!(definition.settings() instanceof RouteSettings route)) {
            return;
        }
        RouteTarget target = route.targets().stream()
                .filter(one -> one.agent().equals(watched.agent()))
                .findFirst()
                .orElseThrow();
        Instant now = clock.instant();
        ConfiguredAgent changed = ConfiguredAgent.of(
                new AgentDefinition(definition.description(), definition.type(), route.takeOut(target, now, violation)),
                now);
        topic.publish(changed);
        registry.await(changed, OWN_CHANGE);
        log.atWarn()
                .addKeyValue("route", watched.route())
                .addKeyValue("agent", watched.agent())
                .addKeyValue("weight", target.weight())
                .addKeyValue("reason", violation)
                .log("agent taken out of its route");
        takenOut(watched).increment();
    }

    private Counter takenOut(WatchedTarget watched) {
        return Counter.builder("turnlane.routes.taken.out")
                .description("Targets that the way back of a route took out")
                .tag("route", watched.route())
                .tag("agent", watched.agent())
                .register(meters);
    }

    /** Returns true if this gateway publishes the change; also if Redis is unavailable. */
    private boolean claim(WatchedTarget watched) {
        try {
            return claims.claim(watched.route(), watched.changedAt());
        } catch (DataAccessException unavailable) {
            return true;
        }
    }

    @Override
    public void close() {
        timer.close();
    }
}

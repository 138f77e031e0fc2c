package io.turnlane.gateway.turns.fleet;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.agent.ConfiguredAgent;
import io.turnlane.model.agent.InvalidFieldException;
import io.turnlane.model.agent.RouteSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Agents that operators have configured, as of the last record of the agents topic that this gateway has read.
 *
 * <p>Threading: the follower of the agents topic replaces all agents at once; any thread may read, and wait for a
 * change on the lock of this object.
 */
@Component
public final class AgentRegistry {

    /** Maximum number of agents that can follow each other as successors. */
    private static final int MAX_SUCCESSORS = 10;

    private volatile Map<String, ConfiguredAgent> agents = Map.of();
    private volatile Map<String, ConfiguredRoute> routes = Map.of();

    /** Replaces all agents, removed ones included. */
    public synchronized void replace(Collection<ConfiguredAgent> all) {
        agents = all.stream().collect(Collectors.toUnmodifiableMap(ConfiguredAgent::name, Function.identity()));
        routes = readRoutes();
        notifyAll();
    }

    private Map<String, ConfiguredRoute> readRoutes() {
        Map<String, ConfiguredRoute> byName = new HashMap<>();
        for (String name : agents.keySet()) {
            ConfiguredAgent last = agents.get(lastSuccessor(name));
            try {
                if (last != null && last.read().settings() instanceof RouteSettings settings) {
                    byName.put(name, new ConfiguredRoute(last.name(), last.changedAt(), settings));
                }
            } catch (InvalidFieldException _) {
                // a newer version wrote it
            }
        }
        return Map.copyOf(byName);
    }

    /** Waits until this gateway has read the change or a later one of this agent, or until the time limit passes. */
    public synchronized void await(ConfiguredAgent change, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (isBefore(agents.get(change.name()), change)) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }

    private static boolean isBefore(@Nullable ConfiguredAgent known, ConfiguredAgent change) {
        return known == null || known.changedAt().isBefore(change.changedAt());
    }

    /** Returns the agent with this name, which may be removed. */
    public Optional<ConfiguredAgent> find(String name) {
        return Optional.ofNullable(agents.get(name));
    }

    /**
     * Returns the routes by name. Also contains removed routes, for their sessions, and the routes that are successors
     * of removed agents, by the names of these agents.
     */
    public Map<String, ConfiguredRoute> routes() {
        return routes;
    }

    /** Returns the routes that take questions. */
    public Collection<ConfiguredRoute> offeredRoutes() {
        return routes.values().stream()
                .filter(route -> !isRemoved(route.name()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the last of the agents that follow each other as successors, beginning with this one. */
    public String lastSuccessor(String name) {
        String last = name;
        for (int i = 0; i < MAX_SUCCESSORS; i++) {
            ConfiguredAgent agent = agents.get(last);
            if (agent == null || agent.successor() == null) {
                return last;
            }
            last = agent.successor();
        }
        return last;
    }

    /** Returns the number of agents, removed ones included. */
    public int size() {
        return agents.size();
    }

    /** Returns what clients see of the agents that take questions. Leaves out agents that only newer versions know. */
    List<AgentDescription> offered() {
        List<AgentDescription> offered = new ArrayList<>();
        for (ConfiguredAgent agent : agents.values()) {
            try {
                if (!agent.removed()) {
                    offered.add(agent.read().description());
                }
            } catch (InvalidFieldException _) {
                // a newer version wrote it, and processors of that version offer it
            }
        }
        return offered;
    }

    /** Returns the removed agents, sorted by name. */
    List<ConfiguredAgent> removed() {
        return agents.values().stream()
                .filter(ConfiguredAgent::removed)
                .sorted(Comparator.comparing(ConfiguredAgent::name))
                .toList();
    }

    /** Returns true if the agent was removed and no agent has been configured under its name since. */
    boolean isRemoved(String name) {
        ConfiguredAgent agent = agents.get(name);
        return agent != null && agent.removed();
    }
}

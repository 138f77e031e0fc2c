package io.turnlane.processor.agent.configured;

import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.ConfiguredAgent;
import io.turnlane.model.agent.InvalidFieldException;
import io.turnlane.model.agent.RouteSettings;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.AgentFactory;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the catalog of agents equal to the agents topic. A factory is kept as long as its definition is the same, so
 * that its connections stay open.
 *
 * <p>Threading: the follower of the agents topic calls {@link #replace}. After it has ended, one thread calls
 * {@link #close}.
 */
public final class ConfiguredAgents implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ConfiguredAgents.class);

    private final AgentCatalog catalog;
    private final Function<AgentDefinition, AgentFactory> builder;
    private Map<String, BuiltAgent> built = Map.of();

    private record BuiltAgent(AgentDefinition definition, AgentFactory factory) {}

    /** @param builder creates the factory for a definition; the factory's {@code close} must not stop running agents */
    public ConfiguredAgents(AgentCatalog catalog, Function<AgentDefinition, AgentFactory> builder) {
        this.catalog = catalog;
        this.builder = builder;
    }

    /** Offers exactly these agents. An agent whose definition cannot be used is left out, with a log line. */
    public void replace(Collection<ConfiguredAgent> agents) {
        Map<String, BuiltAgent> next = new HashMap<>();
        for (ConfiguredAgent agent : agents) {
            build(agent).ifPresent(one -> next.put(agent.name(), one));
        }
        catalog.configure(configured(agents, next));
        Map<String, BuiltAgent> previous = built;
        built = next;
        previous.forEach((name, one) -> {
            if (!one.equals(next.get(name))) {
                close(name, one.factory());
            }
        });
    }

    private Optional<BuiltAgent> build(ConfiguredAgent agent) {
        try {
            AgentDefinition definition = agent.read();
            if (definition.settings() instanceof RouteSettings) {
                return Optional.empty(); // gateways choose one of its targets
            }
            BuiltAgent existing = built.get(agent.name());
            return Optional.of(
                    existing != null && existing.definition().equals(definition)
                            ? existing
                            : new BuiltAgent(definition, builder.apply(definition)));
        } catch (InvalidFieldException e) {
            log.atError()
                    .addKeyValue("agent", agent.name())
                    .addKeyValue("field", e.field())
                    .log("agent not usable");
        } catch (RuntimeException e) { // a defect of one agent must not affect the others
            log.atError().addKeyValue("agent", agent.name()).setCause(e).log("agent not usable");
        }
        return Optional.empty();
    }

    private static AgentCatalog.Configured configured(
            Collection<ConfiguredAgent> agents, Map<String, BuiltAgent> built) {
        Map<String, AgentFactory> offered = new HashMap<>();
        Map<String, AgentFactory> removed = new HashMap<>();
        Map<String, String> successors = new HashMap<>();
        for (ConfiguredAgent agent : agents) {
            BuiltAgent own = built.get(agent.name());
            if (own != null) {
                (agent.removed() ? removed : offered).put(agent.name(), own.factory());
            }
            successor(agent).ifPresent(successor -> successors.put(agent.name(), successor));
        }
        return new AgentCatalog.Configured(offered, removed, successors);
    }

    /**
     * Returns the agent that answers instead of this one. For a route, this is one of its targets: a question can name
     * a route if a gateway accepted it before the route was defined.
     */
    private static Optional<String> successor(ConfiguredAgent agent) {
        if (agent.successor() != null) {
            return Optional.of(agent.successor());
        }
        try {
            return agent.read().settings() instanceof RouteSettings route
                    ? Optional.of(route.heaviest())
                    : Optional.empty();
        } catch (InvalidFieldException _) {
            return Optional.empty(); // build() has logged it
        }
    }

    private static void close(String name, AgentFactory factory) {
        if (factory instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) { // the agent is no longer used
                log.atWarn().addKeyValue("agent", name).setCause(e).log("agent not closed");
            }
        }
    }

    /** Closes all factories. Called after the last turn has ended. */
    @Override
    public void close() {
        built.forEach((name, one) -> close(name, one.factory()));
        built = Map.of();
    }
}

package io.turnlane.processor.agent;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.ErrorCode;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The agents that this processor can answer with, by name. Immutable. */
public final class AgentCatalog {

    private final Map<String, AgentFactory> factories;
    private final Map<String, Duration> timeouts;

    /** @throws IllegalStateException where two agents have one name */
    public AgentCatalog(Collection<AgentFactory> factories) {
        this(factories, Map.of());
    }

    /**
     * @param timeouts by agent; what is set here counts more than what the agent says itself
     * @throws IllegalStateException where two agents have one name
     */
    public AgentCatalog(Collection<AgentFactory> factories, Map<String, Duration> timeouts) {
        this.timeouts = Map.copyOf(timeouts);
        this.factories = factories.stream()
                .collect(Collectors.toUnmodifiableMap(
                        factory -> factory.description().name(), Function.identity()));
    }

    /**
     * A fresh agent of this name, for one turn.
     *
     * @throws TerminalAgentException where there is none
     */
    public Agent create(String name) throws TerminalAgentException {
        AgentFactory factory = factories.get(name);
        if (factory == null) {
            throw new TerminalAgentException(ErrorCode.UNKNOWN_AGENT, "No agent of that name runs here.");
        }
        return factory.create();
    }

    /** How long a call of this agent may take, where that is set. */
    public Optional<Duration> timeout(String name) {
        Duration set = timeouts.get(name);
        AgentFactory factory = factories.get(name);
        return set != null || factory == null ? Optional.ofNullable(set) : factory.timeout();
    }

    public List<AgentDescription> descriptions() {
        return factories.values().stream().map(AgentFactory::description).toList();
    }
}

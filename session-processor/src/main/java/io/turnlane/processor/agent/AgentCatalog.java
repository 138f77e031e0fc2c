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

/** Agents of this processor by name. Immutable. */
public final class AgentCatalog {

    private final Map<String, AgentFactory> factories;
    private final Map<String, Duration> timeouts;
    private final AbsentAgents absent;

    /**
     * Creates a catalog without configured time limits, for an installation in which no other processor offers agents.
     *
     * @throws IllegalStateException if two agents have the same name
     */
    public AgentCatalog(Collection<AgentFactory> factories) {
        this(factories, Map.of(), AbsentAgents.NONE);
    }

    /**
     * Creates a catalog.
     *
     * @param timeouts configured time limits by agent name; they override the limits that factories set
     * @param absent agents of other processors
     * @throws IllegalStateException if two agents have the same name
     */
    public AgentCatalog(Collection<AgentFactory> factories, Map<String, Duration> timeouts, AbsentAgents absent) {
        this.absent = absent;
        this.timeouts = Map.copyOf(timeouts);
        this.factories = factories.stream()
                .collect(Collectors.toUnmodifiableMap(
                        factory -> factory.description().name(), Function.identity(), (one, _) -> {
                            throw new IllegalStateException("Two agents have the name "
                                    + one.description().name() + ". Rename one of them.");
                        }));
    }

    /**
     * Creates an agent for one turn.
     *
     * @throws TerminalAgentException if this processor has no agent of this name
     */
    public Agent create(String name) throws TerminalAgentException {
        AgentFactory factory = factories.get(name);
        if (factory == null) {
            throw new TerminalAgentException(ErrorCode.UNKNOWN_AGENT, "This processor has no agent with that name.");
        }
        return factory.create();
    }

    /** Returns true if this processor has the agent and {@linkplain AgentFactory#answersAtOnce it answers at once}. */
    public boolean answersAtOnce(String name, Question question) {
        AgentFactory factory = factories.get(name);
        return factory != null && factory.answersAtOnce(question);
    }

    /**
     * Returns the time limit for a call of this agent, or empty if neither the configuration nor the agent sets one.
     */
    public Optional<Duration> timeout(String name) {
        Duration configured = timeouts.get(name);
        AgentFactory factory = factories.get(name);
        return configured != null || factory == null ? Optional.ofNullable(configured) : factory.timeout();
    }

    /**
     * Returns the maximum time that a turn of this agent may wait for another processor. Returns empty if this
     * processor has the agent, or if no processor offers it.
     */
    public Optional<Duration> maxWait(String name) {
        return factories.containsKey(name) ? Optional.empty() : absent.maxWait(name);
    }

    public List<AgentDescription> descriptions() {
        return factories.values().stream().map(AgentFactory::description).toList();
    }
}

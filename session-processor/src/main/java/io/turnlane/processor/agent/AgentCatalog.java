package io.turnlane.processor.agent;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.ErrorCode;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Agents of this processor by name: fixed ones, which its code brings, and configured ones, which can change at any
 * time. If both have the same name, the configured one is used.
 *
 * <p>Threading: one thread calls {@link #configure}; any thread may call the other methods, which see either all
 * changes of a call or none.
 */
public final class AgentCatalog {

    /** Maximum number of agents that can follow each other as successors. */
    private static final int MAX_SUCCESSORS = 10;

    private final Map<String, AgentFactory> fixed;
    private final Map<String, Duration> timeouts;
    private final AbsentAgents absent;
    private volatile KnownAgents current;

    /**
     * Agents at one time.
     *
     * @param offered what clients see of the agents that take new questions
     */
    private record KnownAgents(Map<String, AgentFactory> factories, List<AgentDescription> offered) {}

    /**
     * Agents that operators have configured.
     *
     * @param offered agents that take new questions, by name
     * @param removed agents that answer only questions that were accepted before their removal, by name
     * @param successors names of the agents that answer instead of removed agents, by the name of the removed agent
     */
    public record Configured(
            Map<String, AgentFactory> offered, Map<String, AgentFactory> removed, Map<String, String> successors) {

        public static final Configured NONE = new Configured(Map.of(), Map.of(), Map.of());

        public Configured {
            offered = Map.copyOf(offered);
            removed = Map.copyOf(removed);
            successors = Map.copyOf(successors);
        }
    }

    /**
     * Creates a catalog without configured time limits, for an installation in which no other processor offers agents.
     *
     * @throws IllegalStateException if two agents have the same name
     */
    public AgentCatalog(Collection<AgentFactory> fixed) {
        this(fixed, Map.of(), AbsentAgents.NONE);
    }

    /**
     * Creates a catalog.
     *
     * @param timeouts configured time limits by agent name; they override the limits that factories set
     * @param absent agents of other processors
     * @throws IllegalStateException if two agents have the same name
     */
    public AgentCatalog(Collection<AgentFactory> fixed, Map<String, Duration> timeouts, AbsentAgents absent) {
        this.absent = absent;
        this.timeouts = Map.copyOf(timeouts);
        this.fixed = fixed.stream()
                .collect(Collectors.toUnmodifiableMap(
                        factory -> factory.description().name(), Function.identity(), (one, _) -> {
                            throw new IllegalStateException("Two agents have the name "
                                    + one.description().name() + ". Rename one of them.");
                        }));
        this.current = agents(Configured.NONE);
    }

    /** Replaces all configured agents. Agents of turns that are running are not affected. */
    public void configure(Configured configured) {
        current = agents(configured);
    }

    private KnownAgents agents(Configured configured) {
        Map<String, AgentFactory> offered = new HashMap<>(fixed);
        offered.putAll(configured.offered());
        Map<String, AgentFactory> all = new HashMap<>(configured.removed());
        configured.successors().forEach((name, successor) -> {
            AgentFactory factory = offered.get(lastSuccessor(successor, configured.successors()));
            if (factory != null) {
                all.put(name, factory);
            }
        });
        all.putAll(offered);
        return new KnownAgents(
                Map.copyOf(all),
                offered.values().stream().map(AgentFactory::description).toList());
    }

    /** Returns the last of the agents that follow each other as successors, beginning with this one. */
    private static String lastSuccessor(String name, Map<String, String> successors) {
        String last = name;
        for (int i = 0; i < MAX_SUCCESSORS && successors.get(last) != null; i++) {
            last = successors.getOrDefault(last, last);
        }
        return last;
    }

    /**
     * Creates an agent for one turn.
     *
     * @throws TerminalAgentException if this processor has no agent of this name
     */
    public Agent create(String name) throws TerminalAgentException {
        AgentFactory factory = current.factories().get(name);
        if (factory == null) {
            throw new TerminalAgentException(ErrorCode.UNKNOWN_AGENT, "This processor has no agent with that name.");
        }
        return factory.create();
    }

    /** Returns true if this processor has the agent. */
    public boolean has(String name) {
        return current.factories().containsKey(name);
    }

    /** Returns true if this processor has the agent and {@linkplain AgentFactory#answersAtOnce it answers at once}. */
    public boolean answersAtOnce(String name, Question question) {
        AgentFactory factory = current.factories().get(name);
        return factory != null && factory.answersAtOnce(question);
    }

    /**
     * Returns the time limit for a call of this agent, or empty if neither the configuration nor the agent sets one.
     */
    public Optional<Duration> timeout(String name) {
        Duration configured = timeouts.get(name);
        AgentFactory factory = current.factories().get(name);
        return configured != null || factory == null ? Optional.ofNullable(configured) : factory.timeout();
    }

    /**
     * Returns the maximum time that a turn of this agent may wait for another processor. Returns empty if this
     * processor has the agent.
     */
    public Optional<Duration> maxWait(String name) {
        return has(name) ? Optional.empty() : absent.maxWait(name);
    }

    /** Returns what clients see of the agents that take new questions. */
    public List<AgentDescription> descriptions() {
        return current.offered();
    }
}

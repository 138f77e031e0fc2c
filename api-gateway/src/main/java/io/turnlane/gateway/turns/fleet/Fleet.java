package io.turnlane.gateway.turns.fleet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/**
 * Statistics of the processors that are alive. The statistics are cached for one second, so that the load on Redis does
 * not depend on the number of calls.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Fleet {

    private static final Duration CACHE_TIME = Duration.ofSeconds(1);

    private final Supplier<List<ProcessorStatistics>> directory;
    private final AgentRegistry registry;
    private final String defaultAgent;
    private final Supplier<Duration> slotWait;
    private final Cache<String, List<ProcessorStatistics>> recent =
            Caffeine.newBuilder().expireAfterWrite(CACHE_TIME).maximumSize(1).build();

    /**
     * @param directory returns the statistics of the processors that are alive
     * @param slotWait returns the time that a turn asked now is expected to wait for a slot
     */
    public Fleet(
            Supplier<List<ProcessorStatistics>> directory,
            AgentRegistry registry,
            String defaultAgent,
            Supplier<Duration> slotWait) {
        this.directory = directory;
        this.registry = registry;
        this.slotWait = slotWait;
        this.defaultAgent = defaultAgent;
    }

    /**
     * Returns the statistics of all processors that are alive.
     *
     * @throws DataAccessException if Redis is unavailable
     */
    public List<ProcessorStatistics> alive() {
        return recent.get("alive", _ -> directory.get());
    }

    /** Returns the name of the agent that answers if neither the question nor the session names an agent. */
    public String defaultAgent() {
        return defaultAgent;
    }

    /**
     * Returns the agents that at least one live processor offers, sorted by name. Changes of configured agents are
     * included at once, and not only after the next heartbeat of the processors.
     *
     * @throws DataAccessException if Redis is unavailable
     */
    public List<AgentDescription> agents() {
        Map<String, AgentDescription> byName = new TreeMap<>();
        if (!alive().isEmpty()) {
            registry.offered().forEach(agent -> byName.put(agent.name(), agent));
        }
        alive().stream()
                .flatMap(processor -> processor.agents().stream())
                .filter(agent -> !registry.isRemoved(agent.name()))
                .forEach(agent -> byName.putIfAbsent(agent.name(), agent));
        return List.copyOf(byName.values());
    }

    /**
     * Returns the agents that some running processors offer and others do not, sorted by name. A turn that needs such
     * an agent waits while its partition belongs to a processor that does not offer the agent.
     *
     * @return for each such agent, the ids of the processors that lack it
     * @throws DataAccessException if Redis is unavailable
     */
    public Map<String, List<String>> missingAgents() {
        List<ProcessorStatistics> running = alive().stream()
                .filter(processor -> processor.state() == ProcessorState.RUNNING)
                .toList();
        Map<String, List<String>> missing = new TreeMap<>();
        for (String agent :
                running.stream().flatMap(Fleet::agentNames).distinct().toList()) {
            List<String> without = running.stream()
                    .filter(processor -> agentNames(processor).noneMatch(agent::equals))
                    .map(ProcessorStatistics::processor)
                    .sorted()
                    .toList();
            if (!without.isEmpty()) {
                missing.put(agent, without);
            }
        }
        return missing;
    }

    private static Stream<String> agentNames(ProcessorStatistics processor) {
        return processor.agents().stream().map(AgentDescription::name);
    }

    /**
     * Returns the names of the tools that at least one live processor has. Returns empty if they are unknown, because
     * Redis is unavailable, no processor is alive, or a processor has an older version, which does not report its
     * tools.
     */
    public Set<String> tools() {
        try {
            List<List<String>> tools =
                    alive().stream().map(ProcessorStatistics::tools).toList();
            return tools.stream().anyMatch(List::isEmpty)
                    ? Set.of()
                    : tools.stream().flatMap(List::stream).collect(Collectors.toCollection(TreeSet::new));
        } catch (DataAccessException unavailable) {
            return Set.of();
        }
    }

    /**
     * Estimates the time until a turn starts. The estimate is the sum of the expected waits for a slot, of this turn
     * and of each turn ahead in its session, and of the run times of the turns ahead.
     *
     * @param position number of turns ahead in the session
     * @return the estimate; empty if the turn need not wait, or if the run time of the turns ahead is unknown
     */
    public Optional<Duration> estimatedWait(String agent, int position) {
        Duration slots = slotWait.get().multipliedBy(position + 1L);
        return position < 1
                ? Optional.of(slots).filter(Duration::isPositive)
                : runTime(agent).map(each -> slots.plus(each.multipliedBy(position)));
    }

    private Optional<Duration> runTime(String agent) {
        try {
            OptionalDouble mean = alive().stream()
                    .flatMap(processor ->
                            Stream.ofNullable(processor.agentTimes().get(agent)))
                    .mapToLong(Duration::toNanos)
                    .average();
            return mean.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Duration.ofMillis(Math.round(mean.getAsDouble() / 1e6)));
        } catch (DataAccessException unavailable) {
            return Optional.empty();
        }
    }

    /**
     * Checks that the agent, or the successor of a removed agent, takes questions: it is configured, or a live
     * processor offers it. Accepts every agent if Redis is unavailable, and if no processor is alive, because questions
     * then wait until a processor starts.
     *
     * @param agent name of the agent; null is accepted
     * @throws ProblemDetailException if no live processor offers the agent
     */
    public void requireAgent(@Nullable String agent) {
        if (agent != null && !mayAnswer(registry.lastSuccessor(agent))) {
            throw new ProblemDetailException(
                    ErrorCode.UNKNOWN_AGENT,
                    "No processor offers this agent. GET /v1/agents lists the available agents.");
        }
    }

    /**
     * Returns true if the agent is neither removed nor a route, and takes questions as {@link #requireAgent} checks.
     */
    public boolean takesQuestions(String agent) {
        return !registry.routes().containsKey(agent) && !registry.isRemoved(agent) && mayAnswer(agent);
    }

    private boolean mayAnswer(String agent) {
        if (registry.find(agent).filter(configured -> !configured.removed()).isPresent()) {
            return true;
        }
        try {
            List<ProcessorStatistics> alive = alive();
            return alive.isEmpty() || alive.stream().flatMap(Fleet::agentNames).anyMatch(agent::equals);
        } catch (DataAccessException e) {
            return true; // the processor checks the agent again when it runs the turn
        }
    }
}

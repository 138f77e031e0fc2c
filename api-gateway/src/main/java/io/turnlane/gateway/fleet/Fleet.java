package io.turnlane.gateway.fleet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.ProcessorStatistics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.dao.DataAccessException;

/**
 * The processors that are alive, about a second old: one look at memory a second, however many ask.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Fleet {

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final ProcessorDirectory directory;
    private final String defaultAgent;
    private final Cache<String, List<ProcessorStatistics>> recent =
            Caffeine.newBuilder().expireAfterWrite(FRESH).maximumSize(1).build();

    public Fleet(ProcessorDirectory directory, String defaultAgent) {
        this.directory = directory;
        this.defaultAgent = defaultAgent;
    }

    /** Throws {@link org.springframework.dao.DataAccessException} where memory is away. */
    public List<ProcessorStatistics> alive() {
        return recent.get("alive", _ -> directory.alive());
    }

    /** What answers where nobody says. */
    public String defaultAgent() {
        return defaultAgent;
    }

    /** Agents that some living processor offers, by name. */
    public List<AgentDescription> agents() {
        Map<String, AgentDescription> byName = new TreeMap<>();
        alive().forEach(processor -> processor.agents().forEach(agent -> byName.putIfAbsent(agent.name(), agent)));
        return List.copyOf(byName.values());
    }

    /**
     * How long a turn may wait that has so many ahead of it, if they are like those before it.
     *
     * @return empty where nothing waits, where no processor has seen enough turns of this agent lately, or where memory
     *     is away
     */
    public Optional<Duration> estimatedWait(String agent, int position) {
        if (position < 1) {
            return Optional.empty();
        }
        try {
            OptionalDouble mean = alive().stream()
                    .flatMap(processor ->
                            Stream.ofNullable(processor.agentTimes().get(agent)))
                    .mapToLong(Duration::toNanos)
                    .average();
            return mean.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Duration.ofMillis(Math.round(mean.getAsDouble() * position / 1e6)));
        } catch (DataAccessException away) {
            return Optional.empty();
        }
    }

    /** False only where somebody is alive and nobody offers this agent: while all are away, questions wait for them. */
    public boolean mayAnswer(String agent) {
        List<ProcessorStatistics> alive = alive();
        return alive.isEmpty()
                || alive.stream()
                        .flatMap(p -> p.agents().stream())
                        .anyMatch(a -> a.name().equals(agent));
    }
}

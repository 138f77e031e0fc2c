package io.turnlane.processor.system;

import io.turnlane.processor.agent.AbsentAgents;
import io.turnlane.store.fleet.ProcessorDirectory;
import java.time.Duration;
import java.util.Optional;
import org.springframework.dao.DataAccessException;

/**
 * Agents that the processors of the installation offer.
 *
 * <p>An agent that no processor offers may have been configured a moment ago, so that its definition has not reached
 * this processor yet. A turn therefore waits a little for an unknown agent too.
 *
 * @param limit maximum time that a turn waits for a processor with its agent
 */
record OfferedAgents(ProcessorDirectory processors, Duration limit) implements AbsentAgents {

    private static final Duration UNKNOWN_AGENT_WAIT = Duration.ofSeconds(3);

    @Override
    public Optional<Duration> maxWait(String agent) {
        try {
            return processors.isOffered(agent) ? Optional.of(limit) : Optional.of(UNKNOWN_AGENT_WAIT);
        } catch (DataAccessException unavailable) {
            return Optional.of(limit); // the turn cannot begin without Redis anyway
        }
    }
}

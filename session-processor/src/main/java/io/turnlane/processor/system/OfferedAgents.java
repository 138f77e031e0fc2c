package io.turnlane.processor.system;

import io.turnlane.processor.agent.AbsentAgents;
import io.turnlane.store.fleet.ProcessorDirectory;
import java.time.Duration;
import java.util.Optional;
import org.springframework.dao.DataAccessException;

/**
 * Agents that the processors of the installation offer.
 *
 * @param limit maximum time that a turn waits for a processor with its agent
 */
record OfferedAgents(ProcessorDirectory processors, Duration limit) implements AbsentAgents {

    @Override
    public Optional<Duration> maxWait(String agent) {
        try {
            return processors.isOffered(agent) ? Optional.of(limit) : Optional.empty();
        } catch (DataAccessException unavailable) {
            return Optional.of(limit); // the turn cannot begin without Redis anyway
        }
    }
}

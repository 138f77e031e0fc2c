package io.turnlane.processor.agent;

import io.turnlane.model.AgentDescription;
import java.time.Duration;
import java.util.Optional;

/**
 * Creates an agent for each turn. Multiple threads create and run agents at the same time, so resources that the agents
 * share must be immutable or thread-safe.
 */
public interface AgentFactory {

    AgentDescription description();

    /** Returns the time limit for one call of an agent, or empty to use the processor's default. */
    default Optional<Duration> timeout() {
        return Optional.empty();
    }

    /** Creates an agent for one turn. */
    Agent create();
}

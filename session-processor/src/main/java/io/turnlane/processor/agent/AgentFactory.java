package io.turnlane.processor.agent;

import io.turnlane.model.AgentDescription;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes an agent per turn over resources that all share. Called by many threads; what it shares must be immutable or
 * guarded.
 */
public interface AgentFactory {

    AgentDescription description();

    /** How long one call of such an agent may take; empty for as long as this processor's agents may take at most. */
    default Optional<Duration> timeout() {
        return Optional.empty();
    }

    /** A fresh agent, for one turn. */
    Agent create();
}

package io.turnlane.processor.agent;

import io.turnlane.model.AgentDescription;

/**
 * Makes an agent per turn over resources that all share. Called by many threads; what it shares must be immutable or
 * guarded.
 */
public interface AgentFactory {

    AgentDescription description();

    /** A fresh agent, for one turn. */
    Agent create();
}

package io.turnlane.processor.agent;

import java.time.Duration;
import java.util.Optional;

/** Agents that this processor does not have but that other processors of the installation may offer. */
@FunctionalInterface
public interface AbsentAgents {

    /** Implementation for an installation in which no other processor offers agents. */
    AbsentAgents NONE = _ -> Optional.empty();

    /**
     * Returns the maximum time that a turn may wait for a processor with this agent, or empty if no processor has
     * offered the agent recently. Called by lane threads; may block for one Redis call.
     */
    Optional<Duration> maxWait(String agent);
}

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

    /**
     * Returns true if an agent of this factory answers the question at once: it waits for nothing (no network, file,
     * lock or sleep), computes for no longer than about a millisecond, and creating it does neither. The processor then
     * calls the agent on the thread of the session's turns, without a time limit and without interrupts, and publishes
     * all events of the attempt together after it has stored the answer. This saves two changes of thread, the timers
     * and most requests to Kafka.
     *
     * <p>The default is false: the agent has its own thread. If a factory returns true for an agent that blocks, the
     * session waits for the agent without limit, and its clients see no progress. Other sessions are not affected, as
     * long as slots for running turns are free.
     *
     * <p>This method is called for each turn and must return at once.
     */
    default boolean answersAtOnce(Question question) {
        return false;
    }

    Agent create();
}

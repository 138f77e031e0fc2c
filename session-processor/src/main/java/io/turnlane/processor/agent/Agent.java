package io.turnlane.processor.agent;

import io.turnlane.model.Answer;
import io.turnlane.store.memory.Memory;

/**
 * Answers one turn.
 *
 * <p>An {@link AgentFactory} creates the agent for the turn. The agent is called once, on a separate virtual thread,
 * and is allowed to block. {@link AgentFactory#answersAtOnce} describes the exception for agents that never block. If
 * the turn is stopped, the agent's thread is interrupted, and the agent must then end soon with an
 * {@link InterruptedException}. If the agent does not end within a grace period after the interrupt, the processor
 * abandons it. The turn then continues without the agent, whose later output is ignored. Code that the agent calls can
 * read the turn from {@link CurrentTurn}.
 */
@FunctionalInterface
public interface Agent {

    /**
     * Answers the question, using the session's memory, and sends progress and pieces of the answer to the sink.
     *
     * @return the complete answer; if deltas were sent, its text is their concatenation
     * @throws TerminalAgentException if the agent fails and would fail again in another attempt
     * @throws Exception if the agent fails in any other way; the processor then retries the turn
     */
    Answer answer(Question question, Memory memory, AnswerSink sink) throws Exception;
}

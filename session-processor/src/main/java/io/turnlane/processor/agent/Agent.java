package io.turnlane.processor.agent;

import io.turnlane.model.Answer;
import io.turnlane.processor.memory.Memory;

/**
 * Answers one turn.
 *
 * <p>Made for that turn by an {@link AgentFactory} and called once, on the virtual thread of the session's lane. It may
 * block; when the turn is to stop, that thread is interrupted, and the agent should end soon with an
 * {@link InterruptedException}. {@link CurrentTurn} tells code deep inside which turn it serves.
 */
@FunctionalInterface
public interface Agent {

    /**
     * Answers the question in the light of memory, telling the sink about it meanwhile.
     *
     * @return the whole answer; where deltas were sent, its text is what they add up to
     * @throws TerminalAgentException where another try would end the same
     * @throws Exception anything else, to be tried again
     */
    Answer answer(Question question, Memory memory, AnswerSink sink) throws Exception;
}

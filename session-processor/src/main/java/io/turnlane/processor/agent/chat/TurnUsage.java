package io.turnlane.processor.agent.chat;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.Usage;
import io.turnlane.processor.agent.TerminalAgentException;

/** Model calls and tokens of one turn, and their limits. Only the agent's thread uses it. */
final class TurnUsage {

    private final TurnLimits limits;
    private int modelCalls;
    private long inputTokens;
    private long outputTokens;

    TurnUsage(TurnLimits limits) {
        this.limits = limits;
    }

    /** Throws an exception if the turn may not call a model again. */
    void checkNextCall() throws TerminalAgentException {
        if (modelCalls >= limits.modelCalls()) {
            throw exceeded(limits.modelCalls() + " model calls");
        }
        checkTokens(0, 0);
    }

    /**
     * Throws an exception if the tokens of the turn exceed the limit.
     *
     * @param callInput tokens that the current call sent
     * @param callOutput tokens that the current call has received
     */
    void checkTokens(long callInput, long callOutput) throws TerminalAgentException {
        if (inputTokens + outputTokens + callInput + callOutput > limits.tokens()) {
            throw exceeded(limits.tokens() + " tokens");
        }
    }

    void add(ModelReply reply) {
        modelCalls++;
        inputTokens += reply.inputTokens();
        outputTokens += reply.outputTokens();
    }

    Usage total() {
        return new Usage(modelCalls, inputTokens, outputTokens);
    }

    private static TerminalAgentException exceeded(String limit) {
        return new TerminalAgentException(
                ErrorCode.USAGE_LIMIT,
                "The answer needs more than the limit of " + limit + " for a turn. Ask a simpler question, or ask for a"
                        + " shorter answer.");
    }
}

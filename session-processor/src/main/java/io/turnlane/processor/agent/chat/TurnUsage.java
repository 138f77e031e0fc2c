package io.turnlane.processor.agent.chat;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.Usage;
import io.turnlane.model.agent.ModelService;
import io.turnlane.model.agent.Price;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.TerminalAgentException;

/**
 * Model calls and tokens of one attempt, and the limits of the turn. Reports each call to the sink, also if the call
 * failed. Only the agent's thread uses it.
 */
final class TurnUsage {

    private final TurnLimits limits;
    private final String currency;
    private final AnswerSink sink;
    private final long earlierTokens;
    private int replies;
    private Usage total = Usage.NONE;

    TurnUsage(TurnLimits limits, String currency, AnswerSink sink) {
        this.limits = limits;
        this.currency = currency;
        this.sink = sink;
        this.earlierTokens =
                CurrentTurn.get().map(turn -> turn.usage().tokens()).orElse(0L);
    }

    /** Throws an exception if the turn may not call a model again. */
    void checkNextCall() throws TerminalAgentException {
        if (replies >= limits.modelCalls()) {
            throw exceeded(limits.modelCalls() + " model calls");
        }
        checkTokens(0, 0);
    }

    /**
     * Throws an exception if the tokens of the turn, in all its attempts, exceed the limit.
     *
     * @param callInput tokens that the current call sent
     * @param callOutput tokens that the current call has received
     */
    void checkTokens(long callInput, long callOutput) throws TerminalAgentException {
        if (earlierTokens + total.tokens() + callInput + callOutput > limits.tokens()) {
            throw exceeded(limits.tokens() + " tokens");
        }
    }

    /** Adds a call that the model answered. */
    void add(ModelService service, ModelReply reply) {
        replies++;
        addCall(service, reply.inputTokens(), reply.outputTokens());
    }

    /**
     * Adds a call that failed or was stopped. Its tokens count if the model had begun to answer.
     *
     * @param outputTokens tokens that the call has received
     */
    void addFailed(ModelService service, long inputTokens, long outputTokens) {
        addCall(service, outputTokens == 0 ? 0 : inputTokens, outputTokens);
    }

    private void addCall(ModelService service, long inputTokens, long outputTokens) {
        Usage tokens = new Usage(1, inputTokens, outputTokens);
        Price price = service.price();
        Usage call = price == null ? tokens : price.of(tokens, currency);
        total = total.plus(call);
        sink.usage(service.provider().wire(), call);
    }

    /** Returns the usage of this attempt. */
    Usage total() {
        return total;
    }

    private static TerminalAgentException exceeded(String limit) {
        return new TerminalAgentException(
                ErrorCode.USAGE_LIMIT,
                "The answer needs more than the limit of " + limit + " for a turn. Ask a simpler question, or ask for a"
                        + " shorter answer.");
    }
}

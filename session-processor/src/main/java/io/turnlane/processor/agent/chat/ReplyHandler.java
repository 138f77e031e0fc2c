package io.turnlane.processor.agent.chat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.turnlane.model.ErrorCode;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.agent.chat.ModelUnavailableException.Unavailability;
import org.jspecify.annotations.Nullable;

/**
 * Receives the parts of one reply from LangChain4j and sends its text to the turn's output. LangChain4j only logs
 * exceptions of a handler, so a failure is kept for {@link #checkEvent}. Only the agent's thread uses it.
 */
final class ReplyHandler implements StreamingChatResponseHandler {

    private final TurnOutput output;
    private final TurnUsage usage;
    private final long inputTokens;
    private long outputTokens;
    private long eventTokens;
    private @Nullable ChatResponse response;
    private boolean isInvalid;

    /** @param inputTokens estimate of the tokens that the call sends */
    ReplyHandler(TurnOutput output, TurnUsage usage, long inputTokens) {
        this.output = output;
        this.usage = usage;
        this.inputTokens = inputTokens;
    }

    @Override
    public void onPartialResponse(String text) {
        count(text);
        output.delta(text);
    }

    @Override
    public void onPartialThinking(PartialThinking thinking) {
        count(thinking.text());
        output.thinking();
    }

    @Override
    public void onPartialToolCall(PartialToolCall call) {
        count(call.partialArguments());
    }

    private void count(String text) {
        eventTokens += TokenEstimate.of(text);
    }

    @Override
    public void onCompleteResponse(ChatResponse completeResponse) {
        response = completeResponse;
    }

    @Override
    public void onError(Throwable error) {
        isInvalid = true;
    }

    /**
     * Checks the limits of the turn after an event of the stream. An event counts as at least one token, so that a
     * stream without content ends, too.
     */
    void checkEvent() throws TerminalAgentException, ModelUnavailableException {
        if (isInvalid) {
            throw new ModelUnavailableException(Unavailability.FAULT, "sent an event that is not valid");
        }
        outputTokens += Math.max(1, eventTokens);
        eventTokens = 0;
        usage.checkTokens(inputTokens, outputTokens);
    }

    long inputTokens() {
        return inputTokens;
    }

    /** Returns an estimate of the tokens received; at least 1 if there was an event. */
    long outputTokens() {
        return outputTokens + eventTokens;
    }

    /**
     * Returns the complete reply.
     *
     * @param isDone true if the service marked the end of the stream
     * @throws ModelUnavailableException if the reply is incomplete or empty
     * @throws TerminalAgentException if the service withholds the reply
     */
    ModelReply reply(boolean isDone) throws TerminalAgentException, ModelUnavailableException {
        ChatResponse complete = response;
        if (complete == null || (!isDone && complete.finishReason() == null)) {
            throw new ModelUnavailableException(
                    Unavailability.FAULT, "ended its stream before the answer was complete");
        }
        AiMessage message = complete.aiMessage();
        boolean isEmpty = message.text() == null && !message.hasToolExecutionRequests();
        if (complete.finishReason() == FinishReason.CONTENT_FILTER) {
            throw withheld("The content filter of the model service stopped the answer.");
        }
        if (isEmpty && complete.finishReason() == FinishReason.LENGTH) {
            throw withheld("The model reached its output limit before it answered. Check the parameter max_tokens.");
        }
        if (isEmpty) {
            throw new ModelUnavailableException(Unavailability.FAULT, "sent an empty answer");
        }
        return reply(message, complete.tokenUsage());
    }

    private static TerminalAgentException withheld(String message) {
        return new TerminalAgentException(ErrorCode.AGENT_ERROR, message);
    }

    private ModelReply reply(AiMessage message, @Nullable TokenUsage reported) {
        Integer input = reported == null ? null : reported.inputTokenCount();
        Integer output = reported == null ? null : reported.outputTokenCount();
        return new ModelReply(
                message,
                input == null ? inputTokens : input,
                output == null ? outputTokens : output,
                input == null || output == null);
    }
}

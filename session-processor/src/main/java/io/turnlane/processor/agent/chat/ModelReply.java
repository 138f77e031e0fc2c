package io.turnlane.processor.agent.chat;

import dev.langchain4j.data.message.AiMessage;

/**
 * Complete reply of a model.
 *
 * @param isEstimate true if the service reports no numbers of tokens, so that they are estimates
 */
record ModelReply(AiMessage message, long inputTokens, long outputTokens, boolean isEstimate) {

    ModelReply withoutReasoning() {
        return message.thinking() == null
                ? this
                : new ModelReply(message.toBuilder().thinking(null).build(), inputTokens, outputTokens, isEstimate);
    }

    long tokens() {
        return inputTokens + outputTokens;
    }
}

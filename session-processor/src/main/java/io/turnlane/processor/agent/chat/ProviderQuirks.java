package io.turnlane.processor.agent.chat;

import io.turnlane.model.agent.ModelProvider;

/**
 * Deviations of a provider from the API of OpenAI.
 *
 * @param keepsReasoning true if a message with tool calls must contain the model's {@code reasoning_content} when it is
 *     sent back; Kimi and DeepSeek reject the call with status 400 otherwise
 * @param repeatsToolCallIds true if each fragment of a tool call may contain the complete id; other providers send it
 *     once
 */
record ProviderQuirks(boolean keepsReasoning, boolean repeatsToolCallIds) {

    static ProviderQuirks of(ModelProvider provider) {
        return switch (provider) {
            case KIMI, GLM -> new ProviderQuirks(true, false);
            case DEEPSEEK -> new ProviderQuirks(true, true);
            case OPENAI, OLLAMA, VLLM, OTHER -> new ProviderQuirks(false, false);
        };
    }
}

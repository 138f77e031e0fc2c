package io.turnlane.processor.agent.chat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.nio.charset.StandardCharsets;

/**
 * Estimates the number of tokens before a model has counted them, or if it reports no number: one for 4 bytes of UTF-8,
 * and 4 for each message. The descriptions of tools count, too.
 */
final class TokenEstimate {

    private static final int BYTES_PER_TOKEN = 4;
    private static final int TOKENS_PER_MESSAGE = 4;

    private TokenEstimate() {}

    static long of(String text) {
        return Math.ceilDiv(text.getBytes(StandardCharsets.UTF_8).length, BYTES_PER_TOKEN);
    }

    static long of(ChatRequest request) {
        long messages = request.messages().stream()
                .mapToLong(message -> TOKENS_PER_MESSAGE + of(text(message)))
                .sum();
        long tools = request.toolSpecifications().stream()
                .mapToLong(tool -> of(tool.toJson()))
                .sum();
        return messages + tools;
    }

    private static String text(ChatMessage message) {
        return switch (message) {
            case SystemMessage system -> system.text();
            case UserMessage user -> user.singleText();
            case ToolExecutionResultMessage result -> result.text();
            case AiMessage reply -> text(reply);
            default -> message.toString();
        };
    }

    private static String text(AiMessage reply) {
        StringBuilder text = new StringBuilder();
        if (reply.text() != null) {
            text.append(reply.text());
        }
        if (reply.thinking() != null) {
            text.append(reply.thinking());
        }
        for (ToolExecutionRequest call : reply.toolExecutionRequests()) {
            text.append(call.name()).append(call.arguments());
        }
        return text.toString();
    }
}

package io.turnlane.processor.agent.chat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.ToolStep;
import io.turnlane.model.ToolStep.ToolUse;
import io.turnlane.model.agent.AgentSettings;
import io.turnlane.model.agent.ModelService;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.RetryableAgentException;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.agent.chat.ModelUnavailableException.Unavailability;
import io.turnlane.processor.agent.tool.AllowedTools;
import io.turnlane.processor.agent.tool.ToolReply;
import io.turnlane.store.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Answers one turn with a model. Calls the model again as long as it asks for tools, within the limits of the turn. If
 * a service is unavailable, the next one answers.
 */
final class ChatAgent implements Agent {

    private final AgentSettings.Chat settings;
    private final List<ModelEndpoint> endpoints;
    private final AllowedTools tools;
    private final TurnLimits limits;
    private final String currency;

    /** @param endpoints the model that answers, and those that are called if the one before them is unavailable */
    ChatAgent(
            AgentSettings.Chat settings,
            List<ModelEndpoint> endpoints,
            AllowedTools tools,
            TurnLimits limits,
            String currency) {
        this.settings = settings;
        this.endpoints = endpoints;
        this.tools = tools;
        this.limits = limits;
        this.currency = currency;
    }

    @Override
    public Answer answer(Question question, Memory memory, AnswerSink sink)
            throws TerminalAgentException, RetryableAgentException, InterruptedException {
        TurnOutput output = new TurnOutput(sink);
        TurnUsage usage = new TurnUsage(limits, currency, sink);
        List<ChatMessage> messages = ChatHistory.messages(settings, memory, question.text());
        List<Map<String, Object>> artifacts = new ArrayList<>();
        boolean calledTools = false;
        while (true) {
            usage.checkNextCall();
            ModelReply reply = call(request(messages), output, usage);
            AiMessage message = reply.message();
            if (!message.hasToolExecutionRequests()) {
                if (calledTools && message.thinking() != null) {
                    keep(message, List.of(), sink);
                }
                return new Answer(output.text(), null, List.of(), artifacts, usage.total());
            }
            calledTools = true;
            messages.add(message);
            List<ToolUse> calls = new ArrayList<>();
            for (ToolExecutionRequest request : message.toolExecutionRequests()) {
                String arguments = Objects.requireNonNullElse(request.arguments(), "");
                ToolReply result = tools.call(request.name(), arguments, sink);
                artifacts.addAll(result.artifacts());
                messages.add(ToolExecutionResultMessage.from(request, result.text()));
                calls.add(new ToolUse(request.id(), request.name(), arguments, result.text()));
            }
            keep(message, calls, sink);
        }
    }

    private void keep(AiMessage message, List<ToolUse> calls, AnswerSink sink) {
        if (settings.keepMessages()) {
            sink.keep(new ToolStep(message.thinking(), calls));
        }
    }

    private ChatRequest request(List<ChatMessage> messages) {
        return ChatRequest.builder()
                .messages(messages)
                .toolSpecifications(tools.specifications())
                .build();
    }

    /** Calls the first service that is available. A second service is not called after text was sent. */
    private ModelReply call(ChatRequest request, TurnOutput output, TurnUsage usage)
            throws TerminalAgentException, RetryableAgentException, InterruptedException {
        for (int i = 0; true; i++) {
            boolean isLast = i == endpoints.size() - 1;
            ModelEndpoint endpoint = endpoints.get(i);
            try {
                return endpoint.call(request, output, usage, isLast);
            } catch (ModelUnavailableException e) {
                if (isLast || output.hasText()) {
                    throw unavailable(endpoint.service(), e);
                }
            }
        }
    }

    private static RetryableAgentException unavailable(ModelService service, ModelUnavailableException e) {
        return new RetryableAgentException(
                e.unavailability() == Unavailability.TIMEOUT ? ErrorCode.AGENT_TIMEOUT : ErrorCode.AGENT_ERROR,
                ServiceErrors.subject(service) + " " + e.getMessage() + ".");
    }
}

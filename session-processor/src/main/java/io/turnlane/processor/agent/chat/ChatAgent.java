package io.turnlane.processor.agent.chat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.agent.AgentSettings;
import io.turnlane.model.agent.ModelService;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.RetryableAgentException;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.agent.chat.ModelUnavailableException.Unavailability;
import io.turnlane.store.memory.Memory;
import java.util.List;

/**
 * Answers one turn with a model. Calls the model again as long as it asks for tools, within the limits of the turn. If
 * a service is unavailable, the next one answers.
 */
final class ChatAgent implements Agent {

    private final AgentSettings.Chat settings;
    private final List<ModelEndpoint> endpoints;
    private final TurnLimits limits;

    /** @param endpoints the model that answers, and those that are called if the one before them is unavailable */
    ChatAgent(AgentSettings.Chat settings, List<ModelEndpoint> endpoints, TurnLimits limits) {
        this.settings = settings;
        this.endpoints = endpoints;
        this.limits = limits;
    }

    @Override
    public Answer answer(Question question, Memory memory, AnswerSink sink)
            throws TerminalAgentException, RetryableAgentException, InterruptedException {
        TurnOutput output = new TurnOutput(sink);
        TurnUsage usage = new TurnUsage(limits);
        List<ChatMessage> messages = ChatHistory.messages(settings, memory, question.text());
        while (true) {
            usage.checkNextCall();
            ModelReply reply = call(messages, output, usage);
            usage.add(reply);
            if (!reply.message().hasToolExecutionRequests()) {
                return new Answer(output.text(), null, List.of(), List.of(), usage.total());
            }
            messages.add(reply.message());
            for (ToolExecutionRequest request : reply.message().toolExecutionRequests()) {
                messages.add(result(request));
            }
        }
    }

    /** Returns the result of a tool call. Models sometimes ask for tools that they were not offered. */
    private static ToolExecutionResultMessage result(ToolExecutionRequest request) {
        return ToolExecutionResultMessage.from(
                request, "There is no tool with this name. Answer the question without it.");
    }

    /** Calls the first service that is available. A second service is not called after text was sent. */
    private ModelReply call(List<ChatMessage> messages, TurnOutput output, TurnUsage usage)
            throws TerminalAgentException, RetryableAgentException, InterruptedException {
        for (int i = 0; true; i++) {
            boolean isLast = i == endpoints.size() - 1;
            ModelEndpoint endpoint = endpoints.get(i);
            try {
                return endpoint.call(messages, output, usage, isLast);
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

package io.turnlane.processor.agent.chat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import io.turnlane.model.PastTurn;
import io.turnlane.model.ToolStep;
import io.turnlane.model.ToolStep.ToolUse;
import io.turnlane.model.agent.AgentSettings;
import io.turnlane.processor.agent.HistoryWindow;
import io.turnlane.store.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Creates the messages that a model receives: the system prompt, the newest past turns, and the question. */
final class ChatHistory {

    /**
     * Reasoning of a message with tool calls that has none, because a provider without reasoning wrote it or thinking
     * was off. Kimi and DeepSeek reject a message without reasoning while thinking is on. Other providers do not
     * receive it.
     */
    private static final String NO_REASONING = " ";

    private ChatHistory() {}

    /** Returns the messages for a question, in a list to which the messages of the turn can be added. */
    static List<ChatMessage> messages(AgentSettings.Chat settings, Memory memory, String question) {
        List<ChatMessage> messages = new ArrayList<>();
        if (settings.system() != null) {
            messages.add(SystemMessage.from(settings.system()));
        }
        for (PastTurn turn : turns(settings, memory)) {
            String answer = turn.answer();
            // services reject a call that contains an empty message
            if (answer != null && !answer.isBlank() && !turn.question().isBlank()) {
                messages.add(UserMessage.from(turn.question()));
                turn.toolSteps().forEach(step -> addStep(step, messages));
                messages.add(answer(answer, turn.toolSteps()));
            }
        }
        messages.add(UserMessage.from(question));
        return messages;
    }

    private static List<PastTurn> turns(AgentSettings.Chat settings, Memory memory) {
        return settings.keepMessages()
                ? HistoryWindow.lastTurnsWithToolSteps(memory.turns(), settings.historyTokens())
                : HistoryWindow.lastTurns(memory, settings.historyTokens());
    }

    private static void addStep(ToolStep step, List<ChatMessage> messages) {
        if (step.calls().isEmpty()) {
            return; // the reply that ended the turn
        }
        List<ToolExecutionRequest> requests = new ArrayList<>();
        List<ChatMessage> results = new ArrayList<>();
        for (ToolUse call : step.calls()) {
            ToolExecutionRequest request = ToolExecutionRequest.builder()
                    .id(call.id())
                    .name(call.tool())
                    .arguments(call.arguments())
                    .build();
            requests.add(request);
            results.add(ToolExecutionResultMessage.from(request, call.result()));
        }
        messages.add(AiMessage.builder()
                .toolExecutionRequests(requests)
                .thinking(Objects.requireNonNullElse(step.reasoning(), NO_REASONING))
                .build());
        messages.addAll(results);
    }

    private static AiMessage answer(String text, List<ToolStep> steps) {
        String reasoning = steps.isEmpty() || !steps.getLast().calls().isEmpty()
                ? null
                : steps.getLast().reasoning();
        return AiMessage.builder().text(text).thinking(reasoning).build();
    }
}

package io.turnlane.processor.agent.chat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import io.turnlane.model.PastTurn;
import io.turnlane.model.agent.AgentSettings;
import io.turnlane.processor.agent.HistoryWindow;
import io.turnlane.store.memory.Memory;
import java.util.ArrayList;
import java.util.List;

/** Creates the messages that a model receives: the system prompt, the newest past turns, and the question. */
final class ChatHistory {

    private ChatHistory() {}

    /** Returns the messages for a question, in a list to which the messages of the turn can be added. */
    static List<ChatMessage> messages(AgentSettings.Chat settings, Memory memory, String question) {
        List<ChatMessage> messages = new ArrayList<>();
        if (settings.system() != null) {
            messages.add(SystemMessage.from(settings.system()));
        }
        for (PastTurn turn : HistoryWindow.lastTurns(memory, settings.historyTokens())) {
            String answer = turn.answer();
            boolean isComplete =
                    answer != null && !answer.isBlank() && !turn.question().isBlank();
            if (isComplete) { // services reject a call that contains an empty message
                messages.add(UserMessage.from(turn.question()));
                messages.add(AiMessage.from(answer));
            }
        }
        messages.add(UserMessage.from(question));
        return messages;
    }
}

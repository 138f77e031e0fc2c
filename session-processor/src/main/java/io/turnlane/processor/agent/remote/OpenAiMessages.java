package io.turnlane.processor.agent.remote;

import io.turnlane.model.PastTurn;
import io.turnlane.processor.agent.remote.RemoteProtocol.RemoteTurn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Messages of a conversation, in the form that both APIs of OpenAI have. */
final class OpenAiMessages {

    private OpenAiMessages() {}

    /** Returns the history and the question. */
    static List<Map<String, String>> of(RemoteTurn turn) {
        List<Map<String, String>> messages = new ArrayList<>();
        for (PastTurn past : turn.history()) {
            messages.add(message("user", past.question()));
            if (past.answer() != null) {
                messages.add(message("assistant", past.answer()));
            }
        }
        messages.add(message("user", turn.question().text()));
        return messages;
    }

    private static Map<String, String> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }
}

package io.turnlane.processor.agent.remote;

import io.turnlane.model.PastTurn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** AG-UI 1.0: the input of a run is one POST, and the events of the run are the response. */
record AgUi() implements RemoteProtocol {

    private static final String VERSION = "1.0";

    @Override
    public Map<String, Object> request(RemoteTurn turn) {
        // Agents built on SDKs before 1.0 require all of these fields, even if they are empty.
        Map<String, Object> input = new LinkedHashMap<>();
        input.put("threadId", turn.turn().sessionId().toString());
        input.put("runId", turn.attemptId());
        input.put("protocolVersion", VERSION);
        input.put("state", turn.state());
        input.put("messages", messages(turn));
        input.put("tools", List.of());
        input.put("context", List.of());
        input.put("forwardedProps", Map.of("turnlane", details(turn)));
        return input;
    }

    private static List<Map<String, String>> messages(RemoteTurn turn) {
        List<Map<String, String>> messages = new ArrayList<>();
        for (PastTurn past : turn.history()) {
            messages.add(message(past.requestId() + "-question", "user", past.question()));
            if (past.answer() != null) {
                messages.add(message(past.requestId() + "-answer", "assistant", past.answer()));
            }
        }
        messages.add(message(
                turn.turn().requestId() + "-question", "user", turn.question().text()));
        return messages;
    }

    private static Map<String, String> message(String id, String role, String content) {
        return Map.of("id", id, "role", role, "content", content);
    }

    private static Map<String, Object> details(RemoteTurn turn) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("request_id", turn.turn().requestId().toString());
        details.put("attempt", turn.turn().attempt());
        if (turn.turn().userId() != null) {
            details.put("user_id", turn.turn().userId());
        }
        details.put("metadata", turn.question().metadata());
        return details;
    }

    @Override
    public AnswerReader reader(AnswerText text, RemoteTurn turn) {
        return new AgUiRun(text, turn.state());
    }
}

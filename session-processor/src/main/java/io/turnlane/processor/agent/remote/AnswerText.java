package io.turnlane.processor.agent.remote;

import io.turnlane.model.Answer;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.Usage;
import io.turnlane.processor.agent.AnswerSink;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Text of an answer. Sends each piece to the sink. Separates the answer's messages by an empty line. */
final class AnswerText {

    private final AnswerSink sink;
    private final StringBuilder text = new StringBuilder();
    private final Set<String> messages = new HashSet<>();
    private String current = "";
    private boolean hasBegun;

    AnswerText(AnswerSink sink) {
        this.sink = sink;
    }

    /** Returns true if the agent has sent a stage or a piece of text. */
    boolean hasBegun() {
        return hasBegun;
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    /** Returns true if the message has text. */
    boolean hasText(String message) {
        return messages.contains(message);
    }

    void stage(String stage) {
        hasBegun = true;
        sink.stage(stage);
    }

    void toolCall(String tool, Duration duration, ToolOutcome outcome) {
        sink.toolCall(tool, duration, outcome);
    }

    /** Sets the agent's state in the session. */
    void state(Map<String, Object> state) {
        sink.state(state);
    }

    /** Adds a piece of a message. */
    void add(String message, String piece) {
        if (piece.isEmpty()) {
            return;
        }
        hasBegun = true;
        boolean isNext = !text.isEmpty() && !message.equals(current);
        current = message;
        messages.add(message);
        send(isNext ? "\n\n" + piece : piece);
    }

    private void send(String piece) {
        text.append(piece);
        sink.delta(piece);
    }

    Answer toAnswer(Usage usage) {
        return new Answer(text.toString(), null, List.of(), List.of(), usage);
    }
}

package io.turnlane.processor.agent.remote;

import static io.turnlane.processor.agent.remote.RemoteJson.text;
import static io.turnlane.processor.agent.remote.RemoteJson.textOrEmpty;
import static io.turnlane.processor.agent.remote.RemoteJson.textOrNull;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.Usage;
import io.turnlane.model.json.JsonPatch;
import io.turnlane.processor.agent.remote.RemoteProtocol.AnswerReader;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Events of an AG-UI run. The text of the agent's own messages is the answer. Steps, tool calls, reasoning and
 * subagents become stages. The state at the end of the run becomes the agent's state in the session. Checks that the
 * events of the run are in order.
 */
final class AgUiRun implements AnswerReader {

    private final AnswerText answer;
    private final ReportedToolCalls toolCalls;

    /** Open messages: true if the text of the message belongs to the answer. */
    private final Map<String, Boolean> openMessages = new HashMap<>();

    private final Set<String> openToolCalls = new HashSet<>();
    private final Set<String> openSteps = new HashSet<>();
    private @Nullable String chunkedMessage;
    private boolean isAnswerChunked;
    private boolean hasStarted;
    private boolean hasFinished;
    private String snapshot = "";
    private Usage usage = Usage.NONE;
    private Map<String, Object> state;

    /** @param state state of the agent before the run */
    AgUiRun(AnswerText answer, Map<String, Object> state) {
        this.answer = answer;
        this.toolCalls = new ReportedToolCalls(answer);
        this.state = state;
    }

    /** Reads an array of events, which the protocol does not have, but which is simple to send. */
    @Override
    public void readDocument(JsonNode document) throws RemoteFault {
        if (!document.isArray()) {
            throw RemoteFault.violation("answered with JSON that is not an array of AG-UI events");
        }
        for (JsonNode event : document) {
            read(event);
        }
    }

    @Override
    public boolean readEvent(String data) throws RemoteFault {
        read(RemoteJson.readObject(data));
        return hasFinished;
    }

    @Override
    public Answer answer() throws RemoteFault {
        if (!hasFinished) {
            throw RemoteFault.broken("ended its stream before the run was finished");
        }
        if (answer.isEmpty()) {
            answer.add("snapshot", snapshot);
        }
        answer.state(state);
        return answer.toAnswer(usage);
    }

    @Override
    public Usage usage() {
        return usage;
    }

    private void read(JsonNode event) throws RemoteFault {
        String type = text(event, "type");
        check(!hasFinished, "sent an event after the end of the run");
        check(
                hasStarted != type.equals("RUN_STARTED") || type.equals("RUN_ERROR"),
                hasStarted ? "started a run twice" : "sent an event before the start of the run");
        switch (type) {
            case "RUN_STARTED" -> hasStarted = true;
            case "RUN_ERROR" -> {
                addUsage(event);
                throw RemoteFault.reported(textOrNull(event, "code"));
            }
            case "RUN_FINISHED" -> finish(event);
            case "STEP_STARTED" -> {
                open(openSteps, "step", text(event, "stepName"));
                answer.stage(text(event, "stepName"));
            }
            case "STEP_FINISHED" -> close(openSteps, "step", text(event, "stepName"));
            case "TEXT_MESSAGE_START" -> openMessage(event);
            case "TEXT_MESSAGE_CONTENT" -> addToMessage(event);
            case "TEXT_MESSAGE_END" -> closeMessage(event);
            case "TEXT_MESSAGE_CHUNK" -> addChunk(event);
            case "TOOL_CALL_START" -> {
                open(openToolCalls, "tool call", text(event, "toolCallId"));
                toolCalls.start(text(event, "toolCallId"), text(event, "toolCallName"));
            }
            case "TOOL_CALL_ARGS" ->
                check(
                        openToolCalls.contains(text(event, "toolCallId")),
                        "sent arguments of a tool call that is not open");
            case "TOOL_CALL_END" -> {
                close(openToolCalls, "tool call", text(event, "toolCallId"));
                toolCalls.continues(text(event, "toolCallId"));
            }
            case "TOOL_CALL_CHUNK" -> addToolCallChunk(event);
            case "TOOL_CALL_RESULT" -> toolCalls.end(text(event, "toolCallId"), ToolOutcome.COMPLETED);
            case "REASONING_START" -> answer.stage("thinking");
            case "SUBAGENT_STARTED" -> answer.stage(text(event, "name"));
            case "MESSAGES_SNAPSHOT" -> snapshot = lastAnswer(event.path("messages"));
            case "STATE_SNAPSHOT" -> setState(event);
            case "STATE_DELTA" -> changeState(event);
            default -> {} // events without effect on the answer, and events of later versions
        }
        if (!type.equals("TEXT_MESSAGE_CHUNK") && (type.startsWith("TEXT_") || type.startsWith("TOOL_"))) {
            chunkedMessage = null;
        }
    }

    private void setState(JsonNode event) throws RemoteFault {
        JsonNode snapshot = event.path("snapshot");
        check(snapshot.isObject() || snapshot.isNull(), "sent a state that is not an object");
        state = snapshot.isNull() ? Map.of() : RemoteJson.toMap(snapshot);
    }

    private void changeState(JsonNode event) throws RemoteFault {
        check(event.path("delta").isArray(), "sent a change of its state that is not a JSON Patch");
        try {
            state = JsonPatch.apply(state, RemoteJson.toList(event.path("delta")));
        } catch (IllegalArgumentException e) { // its message may quote the agent
            throw RemoteFault.violation("sent a change that does not fit its state");
        }
    }

    private void finish(JsonNode event) throws RemoteFault {
        check(openMessages.isEmpty(), "finished the run before the end of a message");
        check(openToolCalls.isEmpty(), "finished the run before the end of a tool call");
        check(openSteps.isEmpty(), "finished the run before the end of a step");
        addUsage(event);
        String outcome = textOrEmpty(event.path("outcome"), "type");
        if (outcome.equals("interrupt")) {
            throw RemoteFault.permanent(
                    ErrorCode.INPUT_REQUIRED, "asked for a person's input, which Turnlane cannot pass on");
        }
        check(!outcome.equals("cancelled"), "cancelled its own run");
        toolCalls.endAll();
        hasFinished = true; // an unknown outcome is a success
    }

    private void addUsage(JsonNode event) {
        for (JsonNode part : event.path("usage")) {
            usage = usage.plus(RemoteJson.usage(part, "inputTokens", "outputTokens"));
        }
    }

    private void openMessage(JsonNode event) throws RemoteFault {
        Boolean previous = openMessages.put(text(event, "messageId"), belongsToAnswer(event));
        check(previous == null, "started a message twice");
    }

    private void addToMessage(JsonNode event) throws RemoteFault {
        String message = text(event, "messageId");
        Boolean isAnswer = openMessages.get(message);
        check(isAnswer != null, "sent text of a message that is not open");
        if (Boolean.TRUE.equals(isAnswer)) {
            answer.add(message, text(event, "delta"));
        }
    }

    private void closeMessage(JsonNode event) throws RemoteFault {
        check(openMessages.remove(text(event, "messageId")) != null, "ended a message that is not open");
    }

    private void addChunk(JsonNode event) throws RemoteFault {
        String message = textOrNull(event, "messageId");
        if (message != null && !message.equals(chunkedMessage)) {
            chunkedMessage = message;
            isAnswerChunked = belongsToAnswer(event);
        }
        String current = chunkedMessage;
        if (current == null) {
            throw RemoteFault.violation("sent a chunk without the id of its message");
        }
        if (isAnswerChunked) {
            answer.add(current, textOrEmpty(event, "delta"));
        }
    }

    private void addToolCallChunk(JsonNode event) {
        String name = textOrNull(event, "toolCallName");
        if (name == null) {
            toolCalls.continues(textOrEmpty(event, "toolCallId"));
        } else {
            toolCalls.start(textOrEmpty(event, "toolCallId"), name);
        }
    }

    /** Messages of other roles and of subagents are not the answer. */
    private static boolean belongsToAnswer(JsonNode event) {
        String role = textOrNull(event, "role");
        return (role == null || role.equals("assistant")) && textOrNull(event, "subagentRunId") == null;
    }

    /** Returns the text of the assistant's messages after the last message of the user. */
    private static String lastAnswer(JsonNode messages) {
        StringBuilder last = new StringBuilder();
        for (JsonNode message : messages) {
            String role = textOrEmpty(message, "role");
            if (role.equals("user")) {
                last.setLength(0);
            } else if (role.equals("assistant") && belongsToAnswer(message)) {
                String content = textOrEmpty(message, "content");
                last.append(last.isEmpty() || content.isEmpty() ? "" : "\n\n").append(content);
            }
        }
        return last.toString();
    }

    private static void open(Set<String> open, String what, String id) throws RemoteFault {
        check(open.add(id), "started a " + what + " twice");
    }

    private static void close(Set<String> open, String what, String id) throws RemoteFault {
        check(open.remove(id), "ended a " + what + " that is not open");
    }

    private static void check(boolean isValid, String violation) throws RemoteFault {
        if (!isValid) {
            throw RemoteFault.violation(violation);
        }
    }
}

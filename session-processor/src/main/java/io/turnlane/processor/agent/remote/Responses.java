package io.turnlane.processor.agent.remote;

import static io.turnlane.processor.agent.remote.RemoteJson.text;
import static io.turnlane.processor.agent.remote.RemoteJson.textOrEmpty;
import static io.turnlane.processor.agent.remote.RemoteJson.textOrNull;

import io.turnlane.model.Answer;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.Usage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** OpenAI Responses, as the specification Open Responses of 2026-04-24 defines it. */
record Responses() implements RemoteProtocol {

    @Override
    public Map<String, Object> request(RemoteTurn turn) {
        Map<String, Object> request = new LinkedHashMap<>();
        if (turn.model() != null) {
            request.put("model", turn.model());
        }
        request.put(
                "input",
                OpenAiMessages.of(turn).stream()
                        .map(message -> {
                            Map<String, String> item = new LinkedHashMap<>(message);
                            item.put("type", "message");
                            return item;
                        })
                        .toList());
        request.put("stream", true);
        request.put("store", false);
        request.put(
                "metadata",
                Map.of(
                        "session_id", turn.turn().sessionId().toString(),
                        "request_id", turn.turn().requestId().toString(),
                        "attempt", Integer.toString(turn.turn().attempt())));
        if (turn.turn().userId() != null) {
            request.put("user", turn.turn().userId());
        }
        return request;
    }

    @Override
    public AnswerReader reader(AnswerText text, RemoteTurn turn) {
        return new ResponseReader(text);
    }

    /** Response, as a stream of events or as one object. */
    private static final class ResponseReader implements AnswerReader {

        /** End of the type of an item that is a tool's call, such as {@code web_search_call}. */
        private static final String CALL = "_call";

        private final AnswerText answer;
        private final ReportedToolCalls toolCalls;
        private long lastNumber = -1;
        private boolean isComplete;
        private Usage usage = Usage.NONE;

        ResponseReader(AnswerText answer) {
            this.answer = answer;
            this.toolCalls = new ReportedToolCalls(answer);
        }

        @Override
        public void readDocument(JsonNode document) throws RemoteFault {
            end(document);
        }

        @Override
        public boolean readEvent(String data) throws RemoteFault {
            if (data.equals("[DONE]")) {
                return true;
            }
            JsonNode event = RemoteJson.readObject(data);
            checkOrder(event);
            switch (text(event, "type")) {
                case "response.output_text.delta", "response.refusal.delta" ->
                    answer.add(part(event), text(event, "delta"));
                case "response.output_text.done" -> addWhole(event, "text");
                case "response.refusal.done" -> addWhole(event, "refusal");
                case "response.output_item.added" -> startItem(event.path("item"));
                case "response.output_item.done" -> endItem(event.path("item"));
                case "response.completed", "response.incomplete", "response.failed" -> end(event.path("response"));
                case "error" ->
                    throw RemoteFault.reported(
                            ChatCompletions.errorCode(event.path("error").isObject() ? event.path("error") : event));
                default -> {} // events without effect on the answer, and events of later versions
            }
            return isComplete;
        }

        @Override
        public Answer answer() throws RemoteFault {
            if (!isComplete) {
                throw RemoteFault.broken("ended its stream before the response was complete");
            }
            return answer.toAnswer(usage);
        }

        @Override
        public Usage usage() {
            return usage;
        }

        private void checkOrder(JsonNode event) throws RemoteFault {
            JsonNode number = event.path("sequence_number");
            if (number.isIntegralNumber() && number.canConvertToLong()) {
                if (number.longValue() <= lastNumber) {
                    throw RemoteFault.violation("sent its events out of order");
                }
                lastNumber = number.longValue();
            }
        }

        private static String part(JsonNode event) {
            return textOrEmpty(event, "item_id") + "/"
                    + event.path("content_index").asInt(0);
        }

        /** Adds the text of a part of which the agent has sent no delta. */
        private void addWhole(JsonNode event, String field) throws RemoteFault {
            if (!answer.hasText(part(event))) {
                answer.add(part(event), text(event, field));
            }
        }

        private void startItem(JsonNode item) {
            String type = textOrEmpty(item, "type");
            if (type.equals("reasoning")) {
                answer.stage("thinking");
            } else if (type.endsWith(CALL)) {
                String name = textOrNull(item, "name");
                toolCalls.start(callId(item), name == null ? type.substring(0, type.length() - CALL.length()) : name);
            }
        }

        /** A call with an id has its result in an item of its own. All other items of calls contain the result. */
        private void endItem(JsonNode item) {
            String type = textOrEmpty(item, "type");
            boolean isCall = type.endsWith(CALL);
            if (isCall && item.has("call_id")) {
                toolCalls.continues(callId(item));
            } else if (isCall || type.endsWith(CALL + "_output")) {
                boolean hasFailed = Set.of("failed", "incomplete").contains(textOrEmpty(item, "status"));
                toolCalls.end(callId(item), hasFailed ? ToolOutcome.FAILED : ToolOutcome.COMPLETED);
            }
        }

        private static String callId(JsonNode item) {
            String id = textOrNull(item, "call_id");
            return id == null ? textOrEmpty(item, "id") : id;
        }

        private void end(JsonNode response) throws RemoteFault {
            usage = RemoteJson.usage(response.path("usage"), "input_tokens", "output_tokens");
            switch (text(response, "status")) {
                case "completed" -> {
                    toolCalls.endAll();
                    if (answer.isEmpty()) {
                        addOutput(response.path("output"));
                    }
                    isComplete = true;
                }
                case "incomplete" ->
                    throw textOrEmpty(response.path("incomplete_details"), "reason")
                                    .equals("content_filter")
                            ? RemoteFault.filtered()
                            : RemoteFault.cutOff();
                case "failed" -> throw RemoteFault.reported(ChatCompletions.errorCode(response.path("error")));
                case "cancelled" -> throw RemoteFault.violation("cancelled its own response");
                default -> throw RemoteFault.violation("answered before its response was complete");
            }
        }

        /** Adds the text of a response that was not streamed. */
        private void addOutput(JsonNode output) throws RemoteFault {
            boolean hasToolCall = false;
            for (JsonNode item : output) {
                hasToolCall |= textOrEmpty(item, "type").equals("function_call");
                for (JsonNode content : item.path("content")) {
                    switch (textOrEmpty(content, "type")) {
                        case "output_text" -> answer.add(textOrEmpty(item, "id"), text(content, "text"));
                        case "refusal" -> answer.add(textOrEmpty(item, "id"), text(content, "refusal"));
                        default -> {} // other kinds of content, such as reasoning
                    }
                }
            }
            if (answer.isEmpty() && hasToolCall) {
                throw RemoteFault.toolCall();
            }
        }
    }
}

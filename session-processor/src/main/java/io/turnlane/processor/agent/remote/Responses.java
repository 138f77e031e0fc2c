package io.turnlane.processor.agent.remote;

import static io.turnlane.processor.agent.remote.RemoteJson.text;
import static io.turnlane.processor.agent.remote.RemoteJson.textOrEmpty;
import static io.turnlane.processor.agent.remote.RemoteJson.textOrNull;

import io.turnlane.model.Answer;
import io.turnlane.model.Usage;
import java.util.LinkedHashMap;
import java.util.Map;
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
    public AnswerReader reader(AnswerText text) {
        return new ResponseReader(text);
    }

    /** Response, as a stream of events or as one object. */
    private static final class ResponseReader implements AnswerReader {

        private final AnswerText answer;
        private long lastNumber = -1;
        private boolean isComplete;
        private Usage usage = Usage.NONE;

        ResponseReader(AnswerText answer) {
            this.answer = answer;
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
                case "response.output_item.added" -> stage(event.path("item"));
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

        private void stage(JsonNode item) {
            String type = textOrEmpty(item, "type");
            String name = textOrNull(item, "name");
            if (type.equals("reasoning")) {
                answer.stage("thinking");
            } else if (type.endsWith("_call")) {
                answer.stage("calling " + (name == null ? type.substring(0, type.length() - 5) : name));
            }
        }

        private void end(JsonNode response) throws RemoteFault {
            usage = RemoteJson.usage(response.path("usage"), "input_tokens", "output_tokens");
            switch (text(response, "status")) {
                case "completed" -> {
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

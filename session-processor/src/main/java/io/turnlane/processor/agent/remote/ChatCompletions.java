package io.turnlane.processor.agent.remote;

import static io.turnlane.processor.agent.remote.RemoteJson.textOrEmpty;
import static io.turnlane.processor.agent.remote.RemoteJson.textOrNull;

import io.turnlane.model.Answer;
import io.turnlane.model.Usage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** OpenAI Chat Completions. */
record ChatCompletions() implements RemoteProtocol {

    @Override
    public Map<String, Object> request(RemoteTurn turn) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("model", turn.model() == null ? turn.agent() : turn.model()); // many servers require a model
        request.put("messages", OpenAiMessages.of(turn));
        request.put("stream", true);
        request.put("stream_options", Map.of("include_usage", true));
        if (turn.turn().userId() != null) {
            request.put("user", turn.turn().userId());
        }
        return request;
    }

    @Override
    public AnswerReader reader(AnswerText text, RemoteTurn turn) {
        return new Completion(text);
    }

    /** Completion, in chunks or as one object. */
    private static final class Completion implements AnswerReader {

        private static final String MESSAGE = "message";

        /**
         * Fields with reasoning: DeepSeek, Kimi, GLM and older versions of vLLM send the first one, vLLM and Ollama the
         * second one, and servers with Ollama's own names the third one.
         */
        private static final List<String> REASONING = List.of("reasoning_content", "reasoning", "thinking");

        private final AnswerText answer;
        private boolean isThinking;
        private boolean isComplete;
        private Usage usage = Usage.NONE;

        Completion(AnswerText answer) {
            this.answer = answer;
        }

        @Override
        public void readDocument(JsonNode document) throws RemoteFault {
            read(document, MESSAGE);
            if (!document.path("choices").path(0).isObject()) {
                throw RemoteFault.violation("answered with JSON that is not a chat completion");
            }
            isComplete = true;
        }

        @Override
        public boolean readEvent(String data) throws RemoteFault {
            if (data.equals("[DONE]")) {
                isComplete = true;
                return true;
            }
            read(RemoteJson.readObject(data), "delta");
            return false; // the usage may follow after the last piece
        }

        @Override
        public Answer answer() throws RemoteFault {
            if (!isComplete) {
                throw RemoteFault.broken("ended its stream before the answer was complete");
            }
            return answer.toAnswer(usage);
        }

        @Override
        public Usage usage() {
            return usage;
        }

        private void read(JsonNode completion, String content) throws RemoteFault {
            JsonNode error = completion.path("error");
            if (error.isObject() || error.isString()) {
                throw RemoteFault.reported(errorCode(error));
            }
            if (completion.path("usage").isObject()) {
                usage = RemoteJson.usage(completion.path("usage"), "prompt_tokens", "completion_tokens");
            }
            JsonNode choice = completion.path("choices").path(0);
            JsonNode message = choice.path(content);
            if (!isThinking
                    && REASONING.stream()
                            .anyMatch(field -> !textOrEmpty(message, field).isEmpty())) {
                isThinking = true;
                answer.stage("thinking");
            }
            answer.add(MESSAGE, textOrEmpty(message, "content"));
            answer.add(MESSAGE, textOrEmpty(message, "refusal"));
            end(textOrNull(choice, "finish_reason"));
        }

        private void end(@Nullable String reason) throws RemoteFault {
            switch (reason) {
                case null -> {}
                case "length" -> throw RemoteFault.cutOff();
                case "content_filter" -> throw RemoteFault.filtered();
                case "tool_calls", "function_call" -> throw RemoteFault.toolCall();
                default -> isComplete = true;
            }
        }
    }

    /** Returns the code of an error object, or its type if it has no code. */
    static @Nullable String errorCode(JsonNode error) {
        String code = textOrNull(error, "code");
        return code == null ? textOrNull(error, "type") : code;
    }
}

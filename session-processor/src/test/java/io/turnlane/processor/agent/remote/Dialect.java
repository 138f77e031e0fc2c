package io.turnlane.processor.agent.remote;

import java.util.ArrayList;
import java.util.List;

/** Answers of an agent in each of the protocols, all with the text {@value #TEXT}. */
enum Dialect {
    AG_UI(
            "ag-ui",
            """
            [{"type":"RUN_STARTED","threadId":"t","runId":"r"},
             {"type":"TEXT_MESSAGE_CHUNK","messageId":"m","delta":"Hello, Zürich 👋"},
             {"type":"RUN_FINISHED","threadId":"t","runId":"r","usage":[{"inputTokens":12,"outputTokens":5}]}]""",
            List.of(
                    "{\"type\":\"RUN_STARTED\",\"threadId\":\"t\",\"runId\":\"r\"}",
                    "{\"type\":\"TEXT_MESSAGE_START\",\"messageId\":\"m\",\"role\":\"assistant\"}",
                    "{\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"m\",\"delta\":\"Hello, \"}"),
            "{\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"m\",\"delta\":\"Zürich 👋\"}",
            List.of(
                    "{\"type\":\"TEXT_MESSAGE_END\",\"messageId\":\"m\"}",
                    "{\"type\":\"RUN_FINISHED\",\"threadId\":\"t\",\"runId\":\"r\","
                            + "\"usage\":[{\"inputTokens\":12,\"outputTokens\":5}]}")),
    RESPONSES(
            "responses",
            """
            {"id":"resp_1","object":"response","status":"completed",
             "output":[{"type":"message","id":"msg_1","role":"assistant","status":"completed",
                        "content":[{"type":"output_text","text":"Hello, Zürich 👋","annotations":[]}]}],
             "usage":{"input_tokens":12,"output_tokens":5,"total_tokens":17}}""",
            List.of(
                    "{\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"status\":\"in_progress\"}}",
                    "{\"type\":\"response.output_item.added\",\"output_index\":0,"
                            + "\"item\":{\"type\":\"message\",\"id\":\"msg_1\",\"role\":\"assistant\",\"content\":[]}}",
                    "{\"type\":\"response.output_text.delta\",\"item_id\":\"msg_1\",\"output_index\":0,"
                            + "\"content_index\":0,\"delta\":\"Hello, \"}"),
            "{\"type\":\"response.output_text.delta\",\"item_id\":\"msg_1\",\"output_index\":0,"
                    + "\"content_index\":0,\"delta\":\"Zürich 👋\"}",
            List.of(
                    "{\"type\":\"response.output_text.done\",\"item_id\":\"msg_1\",\"output_index\":0,"
                            + "\"content_index\":0,\"text\":\"Hello, Zürich 👋\"}",
                    "{\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"status\":\"completed\","
                            + "\"usage\":{\"input_tokens\":12,\"output_tokens\":5}}}",
                    "[DONE]")),
    CHAT_COMPLETIONS(
            "chat-completions",
            """
            {"id":"c","object":"chat.completion","choices":[{"index":0,"finish_reason":"stop",
              "message":{"role":"assistant","content":"Hello, Zürich 👋"}}],
             "usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17}}""",
            List.of(
                    "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}",
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello, \"}}]}"),
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Zürich 👋\"}}]}",
            List.of(
                    "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}",
                    "{\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":5}}",
                    "[DONE]"));

    static final String TEXT = "Hello, Zürich 👋";

    final String type;
    final String document;

    /** First events of a stream, with the text {@code Hello,}. */
    final List<String> beginning;

    /** Event with the rest of the text. */
    final String rest;

    private final List<String> end;

    Dialect(String type, String document, List<String> beginning, String rest, List<String> end) {
        this.type = type;
        this.document = document;
        this.beginning = beginning;
        this.rest = rest;
        this.end = end;
    }

    /** Returns all events of a stream. */
    List<String> stream() {
        List<String> all = new ArrayList<>(beginning);
        all.add(rest);
        all.addAll(end);
        return all;
    }
}

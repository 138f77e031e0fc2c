package io.turnlane.doubles;

import java.util.ArrayList;
import java.util.List;

/**
 * Events of a stream of the OpenAI Chat Completions API, in the shape that model services send. Texts must need no
 * escaping in JSON.
 */
public final class ModelStream {

    /** Last event of a complete stream. */
    public static final String DONE = "[DONE]";

    private ModelStream() {}

    /** Returns a complete stream whose answer has these parts, and 12 tokens in and 7 out. */
    public static List<String> answer(String... parts) {
        List<String> events = begun(parts);
        events.add(finish("stop"));
        events.add(usage(12, 7));
        events.add(DONE);
        return events;
    }

    /** Returns the begin of a stream: the event that names the role, and these parts of the answer. */
    public static List<String> begun(String... parts) {
        List<String> events = new ArrayList<>();
        events.add(chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null"));
        for (String part : parts) {
            events.add(text(part));
        }
        return events;
    }

    /** Returns a complete stream that asks for a tool and has reasoning, with 20 tokens in and 10 out. */
    public static List<String> toolCall(String tool, String... fragmentsOfArguments) {
        List<String> events = thinking();
        events.addAll(call(0, tool, fragmentsOfArguments));
        return ended(events);
    }

    /** Returns a complete stream that asks for two tools at once. */
    public static List<String> toolCalls(String tool, String arguments, String secondTool, String secondArguments) {
        List<String> events = thinking();
        events.addAll(call(0, tool, arguments));
        events.addAll(call(1, secondTool, secondArguments));
        return ended(events);
    }

    private static List<String> thinking() {
        return new ArrayList<>(List.of(reasoning("I need"), reasoning(" a tool.")));
    }

    private static List<String> call(int index, String tool, String... fragmentsOfArguments) {
        List<String> events = new ArrayList<>();
        String id = "\"id\":\"call_" + (index + 1) + "\",\"type\":\"function\",";
        events.add(toolFragment(index, id, "\"name\":\"" + tool + "\",\"arguments\":\"\""));
        for (String fragment : fragmentsOfArguments) {
            events.add(toolFragment(index, "", "\"arguments\":\"" + fragment.replace("\"", "\\\"") + "\""));
        }
        return events;
    }

    private static List<String> ended(List<String> events) {
        events.add(finish("tool_calls"));
        events.add(usage(20, 10));
        events.add(DONE);
        return events;
    }

    public static String text(String part) {
        return chunk("{\"content\":\"" + part + "\"}", "null");
    }

    /** Returns a part of the model's reasoning, as Kimi, GLM and DeepSeek send it. */
    public static String reasoning(String part) {
        return chunk("{\"reasoning_content\":\"" + part + "\"}", "null");
    }

    public static String finish(String reason) {
        return chunk("{}", "\"" + reason + "\"");
    }

    public static String usage(int input, int output) {
        return head() + "\"choices\":[],\"usage\":{\"prompt_tokens\":" + input + ",\"completion_tokens\":" + output
                + ",\"total_tokens\":" + (input + output) + "}}";
    }

    private static String toolFragment(int index, String id, String function) {
        return chunk("{\"tool_calls\":[{\"index\":" + index + "," + id + "\"function\":{" + function + "}}]}", "null");
    }

    private static String chunk(String delta, String finishReason) {
        return head() + "\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + finishReason + "}]}";
    }

    private static String head() {
        return "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1795000000,\"model\":\"m\",";
    }
}

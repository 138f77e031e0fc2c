package io.turnlane.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Complete answer of an agent.
 *
 * @param text Markdown
 * @param confidence number from 0 to 1, or null if the agent cannot estimate it. The constructor changes a value
 *     outside the range, such as a rounding error of an agent, to the nearest value in the range, and NaN to null.
 * @param sources sources that the answer is based on, best first
 * @param artifacts tables and charts, each a JSON object
 * @param suggestions questions that the agent can answer, which clients offer next, best first. The constructor drops
 *     blank questions and those of more than {@value #MAX_SUGGESTION_LENGTH} characters, and keeps at most
 *     {@value #MAX_SUGGESTIONS}. The JSON form omits an empty list.
 * @param toolCalls calls of tools in the attempt that answered, in the order of their ends. The processor sets them,
 *     and the constructor keeps the first {@value #MAX_TOOL_CALLS}. The JSON form omits an empty list.
 */
public record Answer(
        String text,
        @Nullable Double confidence,
        List<Source> sources,
        List<Map<String, Object>> artifacts,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> suggestions,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ToolCall> toolCalls,
        Usage usage) {

    public static final int MAX_SUGGESTIONS = 5;
    public static final int MAX_SUGGESTION_LENGTH = 300;
    public static final int MAX_TOOL_CALLS = 100;

    public Answer {
        if (confidence != null) {
            confidence = confidence.isNaN() ? null : Math.clamp(confidence, 0.0, 1.0);
        }
        sources = List.copyOf(sources);
        artifacts = List.copyOf(artifacts);
        suggestions = offered(Objects.requireNonNullElse(suggestions, List.of())); // not sent by older versions
        toolCalls = List.copyOf(Objects.requireNonNullElse(toolCalls, List.of()));
        toolCalls = toolCalls.subList(0, Math.min(toolCalls.size(), MAX_TOOL_CALLS));
        usage = Objects.requireNonNullElse(usage, Usage.NONE); // agents can return null
    }

    /** Creates an answer without calls of tools. */
    public Answer(
            String text,
            @Nullable Double confidence,
            List<Source> sources,
            List<Map<String, Object>> artifacts,
            List<String> suggestions,
            Usage usage) {
        this(text, confidence, sources, artifacts, suggestions, List.of(), usage);
    }

    /** Creates an answer without suggestions and calls of tools. */
    public Answer(
            String text,
            @Nullable Double confidence,
            List<Source> sources,
            List<Map<String, Object>> artifacts,
            Usage usage) {
        this(text, confidence, sources, artifacts, List.of(), List.of(), usage);
    }

    /** Returns an answer that consists of text only. */
    public static Answer ofText(String text) {
        return new Answer(text, null, List.of(), List.of(), Usage.NONE);
    }

    /** Returns the same answer with another usage. */
    public Answer withUsage(Usage other) {
        return new Answer(text, confidence, sources, artifacts, suggestions, toolCalls, other);
    }

    private static List<String> offered(List<String> suggestions) {
        return suggestions.stream()
                .filter(question -> !question.isBlank() && question.length() <= MAX_SUGGESTION_LENGTH)
                .limit(MAX_SUGGESTIONS)
                .toList();
    }
}

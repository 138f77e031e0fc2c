package io.turnlane.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reply of a model within a turn that called tools. A history that keeps such replies lets the model of a later turn
 * see the calls and their results. The text of the reply is part of the turn's answer.
 *
 * @param reasoning reasoning that the model's provider expects back together with the reply, or null
 * @param calls calls of tools, in the order of the reply; empty for the reply that ended the turn
 */
public record ToolStep(
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reasoning, List<ToolUse> calls) {

    /** Maximum size of the steps of one turn, in bytes of JSON. */
    public static final int MAX_BYTES = 32 * 1024;

    public ToolStep {
        calls = List.copyOf(calls);
    }

    /**
     * Call of a tool.
     *
     * @param id id of the call that the model chose, or null
     * @param arguments JSON object as text
     * @param result text that the model received
     */
    public record ToolUse(
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String id,

            String tool,
            String arguments,
            String result) {

        public ToolUse {
            Objects.requireNonNull(tool, "tool");
            Objects.requireNonNull(arguments, "arguments");
            Objects.requireNonNull(result, "result");
        }
    }

    /** Returns the newest of the steps that have at most {@link #MAX_BYTES} together. */
    public static List<ToolStep> newestThatFit(List<ToolStep> steps, WireFormat wire) {
        int first = steps.size();
        long left = MAX_BYTES;
        while (first > 0) {
            left -= wire.writeValue(steps.get(first - 1)).length;
            if (left < 0) {
                break;
            }
            first--;
        }
        return List.copyOf(steps.subList(first, steps.size()));
    }
}

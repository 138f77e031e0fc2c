package io.turnlane.processor.agent.tool;

import java.util.List;
import java.util.Map;

/**
 * Result of a tool.
 *
 * @param text result for the caller, such as a model
 * @param artifacts tables and charts for clients, each a JSON object
 */
public record ToolResult(String text, List<Map<String, Object>> artifacts) {

    public ToolResult {
        artifacts = List.copyOf(artifacts);
    }

    /** Returns a result that consists of text only. */
    public static ToolResult ofText(String text) {
        return new ToolResult(text, List.of());
    }
}

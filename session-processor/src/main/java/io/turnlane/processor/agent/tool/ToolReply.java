package io.turnlane.processor.agent.tool;

import io.turnlane.model.ToolOutcome;
import java.util.List;
import java.util.Map;

/**
 * End of a tool's call.
 *
 * @param text result of the tool, or the reason why it has none
 * @param artifacts tables and charts, which were already sent to clients
 */
public record ToolReply(ToolOutcome outcome, String text, List<Map<String, Object>> artifacts) {

    static ToolReply without(ToolOutcome outcome, String reason) {
        return new ToolReply(outcome, reason, List.of());
    }
}

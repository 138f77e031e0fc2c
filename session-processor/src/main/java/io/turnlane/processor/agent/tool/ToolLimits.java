package io.turnlane.processor.agent.tool;

import java.time.Duration;

/**
 * Limits of each tool's call.
 *
 * @param timeout time after which the call is interrupted and its result ignored
 * @param resultBytes maximum size of the result's text, in bytes of UTF-8; the rest is cut off
 */
public record ToolLimits(Duration timeout, int resultBytes) {

    public static final ToolLimits DEFAULT = new ToolLimits(Duration.ofSeconds(10), 8192);

    public ToolLimits {
        if (!timeout.isPositive() || resultBytes < 1) {
            throw new IllegalArgumentException("the limits of tools must be positive");
        }
    }
}

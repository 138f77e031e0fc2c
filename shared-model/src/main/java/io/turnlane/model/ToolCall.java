package io.turnlane.model;

import java.time.Duration;
import java.util.Objects;

/** Call of a tool that has ended. Clients see it, but neither its arguments nor its result. */
public record ToolCall(String tool, Duration duration, ToolOutcome outcome) {

    public ToolCall {
        Objects.requireNonNull(tool, "tool");
        Objects.requireNonNull(duration, "duration");
        Objects.requireNonNull(outcome, "outcome");
    }
}

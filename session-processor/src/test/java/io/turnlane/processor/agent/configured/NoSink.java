package io.turnlane.processor.agent.configured;

import io.turnlane.model.ToolOutcome;
import io.turnlane.processor.agent.AnswerSink;
import java.time.Duration;
import java.util.Map;

/** Sink that discards everything. */
final class NoSink implements AnswerSink {

    @Override
    public void stage(String stage) {}

    @Override
    public void delta(String text) {}

    @Override
    public void artifact(Map<String, Object> artifact) {}

    @Override
    public void toolCall(String tool, Duration duration, ToolOutcome outcome) {}
}

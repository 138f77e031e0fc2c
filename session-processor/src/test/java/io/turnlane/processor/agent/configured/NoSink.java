package io.turnlane.processor.agent.configured;

import io.turnlane.processor.agent.AnswerSink;
import java.util.Map;

/** Sink that discards everything. */
final class NoSink implements AnswerSink {

    @Override
    public void stage(String stage) {}

    @Override
    public void delta(String text) {}

    @Override
    public void artifact(Map<String, Object> artifact) {}
}

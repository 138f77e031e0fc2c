package io.turnlane.processor.turn;

import io.turnlane.processor.agent.AnswerSink;
import java.util.Map;

/** Passes on what an agent says until nobody wants it any more, even if the agent goes on for a while. */
record CancellableSink(AnswerSink sink, Flight flight) implements AnswerSink {

    @Override
    public void stage(String stage) {
        if (!flight.isCancelled()) {
            sink.stage(stage);
        }
    }

    @Override
    public void delta(String text) {
        if (!flight.isCancelled()) {
            sink.delta(text);
        }
    }

    @Override
    public void artifact(Map<String, Object> artifact) {
        if (!flight.isCancelled()) {
            sink.artifact(artifact);
        }
    }
}

package io.turnlane.processor.turn;

import io.turnlane.processor.agent.AnswerSink;
import java.util.Map;

/** Sink that forwards an agent's output until the flight is cancelled. Discards all output after that. */
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

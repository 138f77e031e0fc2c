package io.turnlane.processor.agent;

import io.turnlane.model.ToolOutcome;
import java.time.Duration;
import java.util.Map;

/**
 * Receives the progress and the pieces of an answer while the agent works. Calls return quickly and do not throw. Calls
 * after the end of the attempt are ignored. Only one thread at a time may call a sink.
 */
public interface AnswerSink {

    /** Sends a description of the current work, for people, such as "searching 214 answers". */
    void stage(String stage);

    /** Sends the next piece of the answer. */
    void delta(String text);

    /** Sends a table or a chart, as a JSON object. */
    void artifact(Map<String, Object> artifact);

    /** Sends the name, the duration and the outcome of a tool's call that has ended. */
    void toolCall(String tool, Duration duration, ToolOutcome outcome);
}

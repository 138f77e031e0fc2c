package io.turnlane.processor.agent;

import java.util.Map;

/**
 * What an agent may say while it works. Calls never block for long and never fail; once the turn has ended otherwise,
 * they are ignored. One thread at a time.
 */
public interface AnswerSink {

    /** What is being done, in words for people: "searching 214 answers". */
    void stage(String stage);

    /** The next piece of the answer. */
    void delta(String text);

    /** A table or a chart: a JSON object. */
    void artifact(Map<String, Object> artifact);
}

package io.turnlane.processor.agent;

import io.turnlane.model.Answer;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.ToolStep;
import io.turnlane.model.Usage;
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

    /**
     * Sets the agent's state in this session, a JSON object of at most 64 KiB. The state replaces the one in the
     * {@linkplain io.turnlane.store.memory.Memory#state memory}, and an empty state removes it. If an agent sets its
     * state several times, the last one counts. The processor stores the state together with the answer. A turn that
     * fails or is cancelled leaves the state unchanged.
     *
     * <p>If the state is too large or has a value that JSON does not have, the turn fails.
     *
     * <p>The default implementation ignores the state, for sinks in tests of agents without a state.
     */
    default void state(Map<String, Object> state) {}

    /**
     * Keeps calls of tools and their results in the session's history, where they are
     * {@linkplain io.turnlane.model.PastTurn#toolSteps part of the turn}. Later turns can give them to their models.
     * The processor stores them together with the answer. If the steps of a turn have more than
     * {@value ToolStep#MAX_BYTES} bytes of JSON together, only the newest are kept.
     *
     * <p>The default implementation ignores the step.
     */
    default void keep(ToolStep step) {}

    /**
     * Reports the usage of a call of a model. It counts for the turn even if the call or the attempt fails. An agent
     * that reports its calls need not set the usage of its {@link Answer}, which is then ignored.
     *
     * @param provider provider of the model, for metrics
     */
    default void usage(String provider, Usage usage) {}

    /**
     * Reports a call of a model that has ended, for the timeline of the turn. It does not count the call's usage.
     *
     * @param waited time for which the call waited for the limits of the provider
     * @param duration time of the whole call, with the wait
     * @param outcome {@value io.turnlane.model.CalledModel#COMPLETED}, or the reason for which there is no reply
     */
    default void modelCall(
            String provider, String model, Duration waited, Duration duration, String outcome, Usage usage) {}
}

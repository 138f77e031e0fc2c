package io.turnlane.processor.agent.chat;

import io.turnlane.model.CalledModel;
import io.turnlane.model.Usage;
import io.turnlane.model.agent.ModelService;
import io.turnlane.processor.agent.AnswerSink;
import java.time.Duration;

/**
 * Times of one call of a model, for the report to the sink when the call has ended. Only the agent's thread uses it.
 */
final class CallReport {

    static final String FAILED = "failed";
    static final String INTERRUPTED = "interrupted";

    private final ModelService service;
    private final AnswerSink sink;
    private final long startNanos = System.nanoTime();
    private long allowedNanos = startNanos;
    private boolean isAllowed;

    CallReport(ModelService service, AnswerSink sink) {
        this.service = service;
        this.sink = sink;
    }

    /** Ends the time for which the call waited for the limits of the service. */
    void allowed() {
        allowedNanos = System.nanoTime();
        isAllowed = true;
    }

    void replied(ModelReply reply) {
        ended(CalledModel.COMPLETED, new Usage(1, reply.inputTokens(), reply.outputTokens()));
    }

    void ended(String outcome) {
        ended(outcome, Usage.NONE);
    }

    private void ended(String outcome, Usage usage) {
        long end = System.nanoTime();
        sink.modelCall(
                service.provider().wire(),
                service.model(),
                Duration.ofNanos((isAllowed ? allowedNanos : end) - startNanos),
                Duration.ofNanos(end - startNanos),
                outcome,
                usage);
    }
}

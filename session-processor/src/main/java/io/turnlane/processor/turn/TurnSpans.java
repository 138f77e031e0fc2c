package io.turnlane.processor.turn;

import io.turnlane.model.TurnError;
import io.turnlane.trace.SpanRole;
import io.turnlane.trace.TraceSpan;
import io.turnlane.trace.Traces;
import java.time.Instant;

/**
 * Creates the spans of turns, as parts of the traces of the clients that asked. The attributes follow the semantic
 * conventions of OpenTelemetry for messaging and for generative AI. Thread-safe.
 */
record TurnSpans(Traces traces) {

    /** Call of an agent, for whose own spans this span is the parent. */
    @FunctionalInterface
    interface AgentCall<T> {
        T call(TraceSpan span) throws Exception;
    }

    /**
     * Starts the span of an attempt. Before the first attempt, also records the time that the turn waited in its lane.
     *
     * @param dequeued time at which a lane took the turn
     */
    TraceSpan ofAttempt(Turn turn, int attempt, Instant dequeued) {
        String parent = turn.envelope().traceparent();
        TraceSpan span = traces.start(SpanRole.CONSUMER, "process", "turns", parent, dequeued);
        if (span.isRecorded()) {
            if (attempt == 1) {
                Instant logged = turn.loggedAt().isBefore(dequeued) ? turn.loggedAt() : dequeued;
                attributes(traces.start(SpanRole.INTERNAL, "wait", "lane", parent, logged), turn)
                        .close(dequeued);
            }
            attributes(span, turn)
                    .set("messaging.system.name", "kafka")
                    .set("messaging.operation.name", "process")
                    .set("messaging.operation.type", "process")
                    .set("messaging.destination.partition.id", Integer.toString(turn.partition()))
                    .set("kafka.offset", turn.offset())
                    .set("turnlane.attempt", attempt);
        }
        return span;
    }

    /**
     * Calls an agent within a span.
     *
     * @param attempt span of the attempt
     */
    static <T> T ofAgent(TraceSpan attempt, String agent, AgentCall<T> call) throws Exception {
        try (TraceSpan span = attempt.child(SpanRole.INTERNAL, "invoke_agent", agent)) {
            span.set("gen_ai.operation.name", "invoke_agent").set("gen_ai.agent.name", agent);
            try {
                return call.call(span);
            } catch (Exception | Error e) {
                span.failed(e.getClass().getName());
                throw e;
            }
        }
    }

    /** Marks the attempt as failed and returns its error. */
    static TurnError failed(TraceSpan attempt, TurnError error) {
        attempt.failed(error.code());
        return error;
    }

    private static TraceSpan attributes(TraceSpan span, Turn turn) {
        return span.set("turnlane.request_id", turn.requestId().toString())
                .set("gen_ai.conversation.id", turn.session().sessionId().toString());
    }
}

package io.turnlane.gateway.turns.ask;

import io.turnlane.model.SessionCommand;
import io.turnlane.trace.SpanRole;
import io.turnlane.trace.TraceSpan;
import io.turnlane.trace.Traces;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Spans of the commands that the gateway publishes. The processor's spans are within them. Thread-safe. */
@Component
record PublishSpans(Traces traces) {

    /** Starts the span of a command that is about to be published to this topic. */
    TraceSpan start(SessionCommand command, String topic, @Nullable String traceparent) {
        TraceSpan span = traces.start(SpanRole.PRODUCER, "send", "turns", traceparent);
        if (span.isRecorded()) {
            span.set("messaging.system.name", "kafka")
                    .set("messaging.operation.name", "send")
                    .set("messaging.operation.type", "send")
                    .set("messaging.destination.name", topic)
                    .set("turnlane.request_id", command.requestId().toString())
                    .set("gen_ai.conversation.id", command.key().sessionId().toString());
        }
        return span;
    }

    /** Ends the span when Kafka has acknowledged the record. */
    static <T> CompletableFuture<T> endWith(CompletableFuture<T> sent, TraceSpan span) {
        return span.isRecorded() ? sent.whenComplete((_, e) -> end(span, e)) : sent;
    }

    static void end(TraceSpan span, @Nullable Throwable failure) {
        if (failure != null) {
            span.failed(failure.getClass().getName());
        }
        span.close();
    }
}

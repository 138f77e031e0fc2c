package io.turnlane.trace;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Operation that a trace records, with its duration, its attributes and its parent. A span contains no question, no
 * answer and no credentials.
 *
 * <p>Thread-safe. The caller that starts a span must close it. Calls after that have no effect.
 */
public interface TraceSpan extends AutoCloseable {

    /** Span that is not recorded and has no trace. */
    TraceSpan NONE = new ForwardedSpan(null);

    /** Returns a span that is not recorded, and that passes on the trace context of its parent. */
    static TraceSpan forwarding(@Nullable String traceparent) {
        return traceparent == null ? NONE : new ForwardedSpan(traceparent);
    }

    /** Returns true if a W3C trace context says that its trace is recorded. */
    static boolean isSampled(@Nullable String traceparent) {
        return traceparent != null
                && !traceparent.isEmpty()
                && (Character.digit(traceparent.charAt(traceparent.length() - 1), 16) & 1) == 1;
    }

    /**
     * Starts a span within this one. The name of the span is the operation, followed by the target.
     *
     * @param target name of what the operation works on; empty if there is none
     */
    TraceSpan child(SpanRole role, String operation, String target);

    /** Returns true if this span is recorded. Callers need not collect attributes for other spans. */
    boolean isRecorded();

    /** Sets an attribute. Does nothing if the value is null. */
    TraceSpan set(String attribute, @Nullable String value);

    TraceSpan set(String attribute, long value);

    /** Replaces the name that the span had when it started. */
    TraceSpan name(String operation, String target);

    /** Marks the operation as failed. */
    TraceSpan failed(String errorType);

    /** Returns the W3C trace context for operations within this span; null if there is no trace. */
    @Nullable
    String traceparent();

    /** Ends the span now. */
    @Override
    void close();

    /** Ends the span at this time. */
    void close(Instant end);
}

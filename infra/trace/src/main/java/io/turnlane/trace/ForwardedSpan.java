package io.turnlane.trace;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Span that is not recorded, and passes on the trace context of its parent. */
record ForwardedSpan(@Nullable String traceparent) implements TraceSpan {

    @Override
    public TraceSpan child(SpanRole role, String operation, String target) {
        return this;
    }

    @Override
    public boolean isRecorded() {
        return false;
    }

    @Override
    public TraceSpan set(String attribute, @Nullable String value) {
        return this;
    }

    @Override
    public TraceSpan set(String attribute, long value) {
        return this;
    }

    @Override
    public TraceSpan name(String operation, String target) {
        return this;
    }

    @Override
    public TraceSpan failed(String errorType) {
        return this;
    }

    @Override
    public void close() {
        // nothing was started
    }

    @Override
    public void close(Instant end) {
        // nothing was started
    }
}

package io.turnlane.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records spans with the SDK of OpenTelemetry, which the standard variables {@code OTEL_*} configure. Spans are
 * exported in batches by a thread of the SDK. If the exporter is too slow, the SDK drops spans.
 */
final class OpenTelemetryTraces implements Traces {

    private static final String SCOPE = "io.turnlane";
    private static final String TRACEPARENT = "traceparent";
    private static final long CLOSE_SECONDS = 5;

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;

    OpenTelemetryTraces(OpenTelemetrySdk sdk) {
        this.sdk = sdk;
        this.tracer = sdk.getTracer(SCOPE);
    }

    /**
     * Creates the SDK. Metrics and logs are not exported, because Prometheus reads the metrics and the log is a file.
     */
    static OpenTelemetryTraces open(String service) {
        return new OpenTelemetryTraces(AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> Map.of(
                        "otel.service.name", service,
                        "otel.exporter.otlp.protocol", "http/protobuf",
                        "otel.metrics.exporter", "none",
                        "otel.logs.exporter", "none"))
                .disableShutdownHook()
                .build()
                .getOpenTelemetrySdk());
    }

    @Override
    public TraceSpan start(
            SpanRole role, String operation, String target, @Nullable String parent, @Nullable Instant start) {
        return start(role, operation, target, contextOf(parent), start);
    }

    private TraceSpan start(SpanRole role, String operation, String target, Context parent, @Nullable Instant start) {
        SpanBuilder span = tracer.spanBuilder(nameOf(operation, target))
                .setSpanKind(SpanKind.valueOf(role.name()))
                .setParent(parent);
        if (start != null) {
            span.setStartTimestamp(start);
        }
        return new OpenTelemetrySpan(span.startSpan());
    }

    private static String nameOf(String operation, String target) {
        return target.isEmpty() ? operation : operation + " " + target;
    }

    private static Context contextOf(@Nullable String traceparent) {
        return traceparent == null
                ? Context.root()
                : W3CTraceContextPropagator.getInstance()
                        .extract(Context.root(), traceparent, TraceparentGetter.INSTANCE);
    }

    @Override
    public void close() {
        sdk.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    /** Reads a trace context from the text of its header. */
    private enum TraceparentGetter implements TextMapGetter<String> {
        INSTANCE;

        @Override
        public Iterable<String> keys(String carrier) {
            return List.of(TRACEPARENT);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
            return key.equals(TRACEPARENT) ? carrier : null;
        }
    }

    private final class OpenTelemetrySpan implements TraceSpan {

        private final Span span;

        private OpenTelemetrySpan(Span span) {
            this.span = span;
        }

        @Override
        public TraceSpan child(SpanRole role, String operation, String target) {
            return span.isRecording()
                    ? start(role, operation, target, Context.root().with(span), null)
                    : TraceSpan.forwarding(traceparent());
        }

        @Override
        public boolean isRecorded() {
            return span.isRecording();
        }

        @Override
        public TraceSpan set(String attribute, @Nullable String value) {
            if (value != null) {
                span.setAttribute(attribute, value);
            }
            return this;
        }

        @Override
        public TraceSpan set(String attribute, long value) {
            span.setAttribute(attribute, value);
            return this;
        }

        @Override
        public TraceSpan name(String operation, String target) {
            span.updateName(nameOf(operation, target));
            return this;
        }

        @Override
        public TraceSpan failed(String errorType) {
            span.setAttribute("error.type", errorType);
            span.setStatus(StatusCode.ERROR);
            return this;
        }

        @Override
        public String traceparent() {
            return "00-" + span.getSpanContext().getTraceId() + "-"
                    + span.getSpanContext().getSpanId() + "-"
                    + span.getSpanContext().getTraceFlags().asHex();
        }

        @Override
        public void close() {
            span.end();
        }

        @Override
        public void close(Instant end) {
            span.end(end);
        }
    }
}

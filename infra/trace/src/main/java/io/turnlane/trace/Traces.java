package io.turnlane.trace;

import java.time.Instant;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Starts the first span of a process in a trace. Thread-safe. */
public interface Traces extends AutoCloseable {

    /** Records nothing. */
    Traces NONE = new Traces() {
        @Override
        public TraceSpan start(
                SpanRole role, String operation, String target, @Nullable String parent, @Nullable Instant start) {
            return TraceSpan.forwarding(parent);
        }

        @Override
        public void close() {
            // nothing was opened
        }
    };

    /**
     * Returns the traces that the standard variables of OpenTelemetry configure, or {@link #NONE} if none of these is
     * set: {@code OTEL_TRACES_EXPORTER}, {@code OTEL_EXPORTER_OTLP_ENDPOINT} and
     * {@code OTEL_EXPORTER_OTLP_TRACES_ENDPOINT}. Only then are classes of OpenTelemetry loaded. A system property with
     * the name in lower case and with dots has priority over a variable.
     *
     * @param service name of the service, unless {@code OTEL_SERVICE_NAME} has another one
     */
    static Traces configured(String service) {
        return isConfigured(name -> {
                    String property = System.getProperty(name);
                    return property == null
                            ? System.getenv(name.toUpperCase(Locale.ROOT).replace('.', '_'))
                            : property;
                })
                ? OpenTelemetryTraces.open(service)
                : NONE;
    }

    /** @param settings returns the value of a setting; null if it is not set */
    static boolean isConfigured(Function<String, @Nullable String> settings) {
        if ("true".equalsIgnoreCase(settings.apply("otel.sdk.disabled"))) {
            return false;
        }
        String exporter = settings.apply("otel.traces.exporter");
        if (exporter != null && !exporter.isBlank()) {
            return !exporter.strip().equals("none");
        }
        return settings.apply("otel.exporter.otlp.endpoint") != null
                || settings.apply("otel.exporter.otlp.traces.endpoint") != null;
    }

    /** Starts a span now. */
    default TraceSpan start(SpanRole role, String operation, String target, @Nullable String parent) {
        return start(role, operation, target, parent, null);
    }

    /**
     * Starts a span. The name of the span is the operation, followed by the target.
     *
     * @param target name of what the operation works on; empty if there is none
     * @param parent W3C trace context of the parent; null for a new trace
     * @param start time at which the operation started; null for now
     */
    TraceSpan start(SpanRole role, String operation, String target, @Nullable String parent, @Nullable Instant start);

    /** Exports the spans that have ended, for at most 5 s, and releases all resources. */
    @Override
    void close();
}

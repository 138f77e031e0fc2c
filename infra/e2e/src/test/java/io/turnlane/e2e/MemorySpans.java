package io.turnlane.e2e;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Exporter with the name {@code memory}, which keeps the spans of all gateways and processors of this JVM.
 * OpenTelemetry finds it as a service.
 */
public final class MemorySpans implements ConfigurableSpanExporterProvider {

    private static final InMemorySpanExporter EXPORTER = InMemorySpanExporter.create();

    /** Settings with which gateways and processors that start from now on record their spans in this exporter. */
    private static final Map<String, String> SETTINGS =
            Map.of("otel.traces.exporter", "memory", "otel.bsp.schedule.delay", "20");

    static void configure() {
        SETTINGS.forEach(System::setProperty);
    }

    static void reset() {
        SETTINGS.keySet().forEach(System::clearProperty);
        EXPORTER.reset();
    }

    /** Returns the spans of a trace that have ended. */
    static List<SpanData> ofTrace(String traceId) {
        return EXPORTER.getFinishedSpanItems().stream()
                .filter(span -> span.getTraceId().equals(traceId))
                .toList();
    }

    @Override
    public String getName() {
        return "memory";
    }

    @Override
    public SpanExporter createExporter(ConfigProperties config) {
        return new SharedExporter();
    }

    /** Survives the shutdown of a gateway or processor, because others still use the exporter. */
    private static final class SharedExporter implements SpanExporter {

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return EXPORTER.export(spans);
        }

        @Override
        public CompletableResultCode flush() {
            return EXPORTER.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}

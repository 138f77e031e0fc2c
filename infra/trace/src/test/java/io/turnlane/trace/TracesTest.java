package io.turnlane.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TracesTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String NOT_SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

    private Traces traces(Sampler sampler) {
        return new OpenTelemetryTraces(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(sampler)
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .build());
    }

    @Test
    void aSpanContinuesTheTraceOfItsParent() {
        Instant start = Instant.parse("2026-11-30T10:00:00Z");
        try (Traces traces = traces(Sampler.alwaysOn())) {
            TraceSpan attempt = traces.start(SpanRole.CONSUMER, "process", "turns", PARENT, start);
            TraceSpan call = attempt.child(SpanRole.CLIENT, "chat", "m")
                    .set("tokens", 12)
                    .set("none", null);
            call.failed("agent_error").close();
            attempt.close(start.plusSeconds(2));
            List<SpanData> spans = exporter.getFinishedSpanItems();
            assertThat(spans).extracting(SpanData::getName).containsExactly("chat m", "process turns");
            assertThat(spans).extracting(SpanData::getTraceId).containsOnly("0af7651916cd43dd8448eb211c80319c");
            assertThat(spans.getLast().getParentSpanId()).isEqualTo("b7ad6b7169203331");
            assertThat(spans.getFirst().getParentSpanId())
                    .isEqualTo(spans.getLast().getSpanId());
            assertThat(spans.getLast().getEndEpochNanos() - spans.getLast().getStartEpochNanos())
                    .isEqualTo(2_000_000_000L);
            assertThat(spans.getFirst().getAttributes().asMap())
                    .isEqualTo(Map.of(
                            AttributeKey.longKey("tokens"), 12L, AttributeKey.stringKey("error.type"), "agent_error"));
            assertThat(attempt.traceparent())
                    .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-"
                            + spans.getLast().getSpanId() + "-01");
        }
    }

    @Test
    void anInvalidParentBeginsANewTrace() {
        try (Traces traces = traces(Sampler.alwaysOn())) {
            traces.start(SpanRole.CONSUMER, "process", "turns", "garbage").close();
            assertThat(exporter.getFinishedSpanItems())
                    .allSatisfy(span ->
                            assertThat(span.getParentSpanContext().isValid()).isFalse());
        }
    }

    @Test
    void aTraceThatIsNotSampledIsPassedOnAndNotRecorded() {
        try (Traces traces = traces(Sampler.parentBased(Sampler.alwaysOn()))) {
            TraceSpan span = traces.start(SpanRole.CONSUMER, "process", "turns", NOT_SAMPLED);
            TraceSpan child = span.child(SpanRole.CLIENT, "chat", "m");
            assertThat(child.isRecorded()).isFalse();
            assertThat(child.traceparent())
                    .startsWith("00-0af7651916cd43dd8448eb211c80319c-")
                    .endsWith("-00");
            child.close();
            span.close();
            assertThat(exporter.getFinishedSpanItems()).isEmpty();
        }
    }

    @Test
    void tracesAreConfiguredByTheStandardVariables() {
        assertThat(Traces.isConfigured(Map.<String, String>of()::get)).isFalse();
        assertThat(Traces.isConfigured(Map.of("otel.traces.exporter", "otlp")::get))
                .isTrue();
        assertThat(Traces.isConfigured(Map.of("otel.traces.exporter", "none")::get))
                .isFalse();
        assertThat(Traces.isConfigured(Map.of("otel.exporter.otlp.endpoint", "http://127.0.0.1:4318")::get))
                .isTrue();
        assertThat(Traces.isConfigured(Map.of("otel.exporter.otlp.traces.endpoint", "http://127.0.0.1:4318")::get))
                .isTrue();
        assertThat(Traces.isConfigured(Map.of("otel.traces.exporter", "otlp", "otel.sdk.disabled", "true")::get))
                .isFalse();
    }

    @Test
    void aTraceContextSaysIfItsTraceIsRecorded() {
        assertThat(TraceSpan.isSampled(PARENT)).isTrue();
        assertThat(TraceSpan.isSampled(NOT_SAMPLED)).isFalse();
        assertThat(TraceSpan.isSampled(null)).isFalse();
        assertThat(TraceSpan.isSampled("")).isFalse();
    }

    @Test
    void withoutConfigurationNoClassOfOpenTelemetryIsLoaded() throws Exception {
        URL classes = Traces.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Class<?> traces = loader.loadClass(Traces.class.getName());
            Object configured = traces.getMethod("configured", String.class).invoke(null, "turnlane-test");
            assertThat(configured).isSameAs(traces.getField("NONE").get(null));
        }
    }

    @Test
    void withoutConfigurationASpanAllocatesNothing() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        turn();
        long before = threads.getCurrentThreadAllocatedBytes();
        long overhead = threads.getCurrentThreadAllocatedBytes() - before;
        long start = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            turn();
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - start - overhead).isLessThan(1000);
    }

    /** Calls of one turn. */
    private static void turn() {
        TraceSpan attempt = Traces.NONE.start(SpanRole.CONSUMER, "process", "turns", null);
        TraceSpan agent = attempt.child(SpanRole.INTERNAL, "invoke_agent", "echo")
                .set("a", "b")
                .set("c", 1);
        agent.close();
        attempt.close();
    }
}

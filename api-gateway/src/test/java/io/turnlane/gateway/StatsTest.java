package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.ProcessorStatistics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class StatsTest {

    @Test
    void aggregatesTheStatisticsOfTheProcessors() {
        try (TestGateway gateway = TestGateway.start();
                TestProcessor processor = new TestProcessor(gateway)) {
            processor.publishStatistics(with("p-1", latencies(100, 10_000), Duration.ofSeconds(1)));
            processor.publishStatistics(with("p-2", latencies(100, 200_000), Duration.ofSeconds(20)));
            try {
                await().until(() -> stats(gateway).path("processors").size() == 2);
                JsonNode stats = stats(gateway);
                assertThat(stats.path("cache").path("size").asInt()).isEqualTo(20);
                assertThat(stats.path("cache").path("max_size").asInt()).isEqualTo(200);
                assertThat(stats.path("cache").path("hits").asInt()).isEqualTo(150);
                assertThat(stats.path("cache").path("hit_rate").asDouble()).isEqualTo(75.0);
                JsonNode performance = stats.path("performance");
                assertThat(performance.path("total_requests").asInt()).isEqualTo(240);
                assertThat(performance.path("requests_per_second").asDouble()).isEqualTo(4.0);
                assertThat(performance.path("avg_response_time").asDouble()).isEqualTo(0.105);
                assertThat(performance.path("p50_response_time").asDouble()).isBetween(0.0099, 0.0101);
                assertThat(performance.path("p99_response_time").asDouble()).isBetween(0.199, 0.201);
                assertThat(stats.path("redis").path("available").asBoolean()).isTrue();
                assertThat(stats.path("kafka").path("available").asBoolean()).isTrue();
                assertThat(stats.path("processors").get(0).path("lag").asInt()).isEqualTo(7);
            } finally {
                processor.removeStatistics("p-1");
                processor.removeStatistics("p-2");
            }
        }
    }

    @Test
    void isDegradedAndReadyWhileAProcessorIsStalled() {
        try (TestGateway gateway = TestGateway.start();
                TestProcessor processor = new TestProcessor(gateway)) {
            processor.publishStatistics(stalled(Duration.ofSeconds(59)));
            try {
                await().until(() -> stats(gateway).path("processors").size() == 1);
                assertThat(gateway.get("/readyz").text("status")).isEqualTo("UP");
                processor.publishStatistics(stalled(Duration.ofSeconds(60)));
                await().until(() -> gateway.get("/readyz").text("status").equals("DEGRADED"));
                assertThat(gateway.get("/readyz").status()).isEqualTo(200);
                assertThat(stats(gateway)
                                .path("processors")
                                .path(0)
                                .path("stalled")
                                .asDouble())
                        .isEqualTo(60.0);
            } finally {
                processor.removeStatistics("p-stalled");
            }
        }
    }

    @Test
    void warnsIfProcessorsOfferDifferentAgents() {
        try (TestGateway gateway = TestGateway.start();
                TestProcessor processor = new TestProcessor(gateway)) {
            processor.publishStatistics(AskTest.figures("p-1"));
            try {
                await().until(() -> stats(gateway).path("processors").size() == 1);
                assertThat(stats(gateway).path("warnings")).isEmpty();
                assertThat(gateway.get("/actuator/health").text("status")).isEqualTo("UP");

                AgentDescription haiku = new AgentDescription("haiku", "Answers in seventeen syllables.", List.of());
                List<AgentDescription> more =
                        new ArrayList<>(AskTest.figures("p-2").agents());
                more.add(haiku);
                processor.publishStatistics(with("p-2", more, "", Duration.ZERO));
                await().untilAsserted(() -> assertThat(stats(gateway).path("warnings"))
                        .singleElement()
                        .satisfies(warning -> assertThat(warning.asString()).contains("haiku is missing on p-1")));
                assertThat(gateway.get("/actuator/health").text("status")).isEqualTo("DEGRADED");
                assertThat(gateway.get("/readyz").status()).isEqualTo(200);
            } finally {
                processor.removeStatistics("p-1");
                processor.removeStatistics("p-2");
            }
        }
    }

    private static ProcessorStatistics stalled(Duration stalled) {
        return with("p-stalled", AskTest.figures("p-stalled").agents(), latencies(1, 10), Duration.ZERO, stalled);
    }

    private static ProcessorStatistics with(String id, String latency, Duration sum) {
        return with(id, AskTest.figures(id).agents(), latency, sum);
    }

    private static ProcessorStatistics with(String id, List<AgentDescription> agents, String latency, Duration sum) {
        return with(id, agents, latency, sum, Duration.ZERO);
    }

    private static JsonNode stats(TestGateway gateway) {
        return gateway.get("/api/stats").json();
    }

    private static String latencies(int count, long micros) {
        Histogram histogram = new Histogram(3_600_000_000L, 3);
        for (int i = 0; i < count; i++) {
            histogram.recordValue(micros);
        }
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }

    private static ProcessorStatistics with(
            String id, List<AgentDescription> agents, String latency, Duration sum, Duration stalled) {
        ProcessorStatistics f = AskTest.figures(id);
        return new ProcessorStatistics(
                id,
                f.management(),
                f.at(),
                f.state(),
                agents,
                f.tools(),
                f.openTurns(),
                f.running(),
                f.waiting(),
                f.partitions(),
                f.lag(),
                f.oldestAge(),
                f.turnsLastMinute(),
                f.totalTurns(),
                f.failedTurns(),
                f.cache(),
                latency,
                sum,
                f.places(),
                f.agentTimes(),
                stalled,
                f.droppedTurns(),
                f.usage(),
                f.oldestWaiting());
    }
}

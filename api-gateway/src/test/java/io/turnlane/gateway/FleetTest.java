package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.TestKeys.KeyedClient;
import io.turnlane.model.ProcessorDetail;
import io.turnlane.model.ProcessorDetail.AgentLoad;
import io.turnlane.model.ProcessorDetail.FailureCount;
import io.turnlane.model.ProcessorDetail.LaneDetail;
import io.turnlane.model.ProcessorDetail.LaneTurn;
import io.turnlane.model.ProcessorDetail.PartitionDetail;
import io.turnlane.model.RequestId;
import io.turnlane.model.Scope;
import io.turnlane.model.SessionId;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The figures of all gateways and processors, as one gateway serves them to operators. */
class FleetTest {

    private static TestGateway gateway;
    private static TestProcessor processor;
    private static TestKeys keys;
    private static KeyedClient operator;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(TestKeys.MODE);
        processor = new TestProcessor(gateway);
        keys = new TestKeys(gateway);
        operator = keys.newClient(gateway, "olga", Scope.OPS);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    @AfterEach
    void removeProcessors() {
        processor.removeStatistics("p-1");
        processor.removeStatistics("p-2");
    }

    private static JsonNode fleet() {
        return operator.get("/v1/ops/fleet").json();
    }

    private static ProcessorDetail detail(String id, Instant askedAt) {
        LaneTurn first = new LaneTurn(RequestId.parse("0192f1de-7a3c-7000-8000-000000000001"), "echo", askedAt);
        LaneDetail lane =
                new LaneDetail("-", new SessionId("s-" + id), "running", Duration.ofSeconds(9), 2, first, first);
        return new ProcessorDetail(
                id,
                Instant.now(),
                2.5,
                List.of(new FailureCount("agent_error", "echo", 3)),
                List.of(new AgentLoad("echo", 2, 1)),
                List.of(lane),
                lane,
                0,
                List.of(new PartitionDetail(3, 7, 9, 2, 5, Duration.ofSeconds(9), null, null)),
                List.of());
    }

    @Test
    void addsUpTheStatisticsOfAllProcessors() {
        Instant asked = Instant.parse("2026-11-30T12:00:00Z");
        processor.publishStatistics(AskTest.figures("p-1"));
        processor.publishStatistics(AskTest.figures("p-2"));
        processor.publishDetail(detail("p-1", asked));
        processor.publishDetail(detail("p-2", asked.minusSeconds(60)));
        await().until(() -> fleet().path("lanes").size() == 2);

        JsonNode fleet = fleet();
        assertThat(fleet.path("totals").path("running").asInt()).isEqualTo(4);
        assertThat(fleet.path("totals").path("ended_per_second").asDouble()).isEqualTo(5.0);
        assertThat(fleet.path("failures")).singleElement().satisfies(failure -> {
            assertThat(failure.path("code").asString()).isEqualTo("agent_error");
            assertThat(failure.path("turns").asInt()).isEqualTo(6);
        });
        assertThat(fleet.path("lanes").path(0).path("processor").asString())
                .as("the lane with the oldest turn comes first")
                .isEqualTo("p-2");
        assertThat(fleet.path("longest_waiting").path("lane").path("session_id").asString())
                .isEqualTo("s-p-2");
        assertThat(fleet.path("agents").path(0).path("waiting").asInt()).isEqualTo(2);
        assertThat(fleet.path("processors")
                        .path(0)
                        .path("partitions")
                        .path(0)
                        .path("frontier")
                        .asInt())
                .isEqualTo(7);
        assertThat(fleet.path("health").path("sentence").asString()).isNotEmpty();
    }

    @Test
    void showsAProcessorOfAnOlderVersionWithoutDetails() {
        processor.publishStatistics(AskTest.figures("p-1"));
        await().until(() -> fleet().path("processors").size() == 1);
        assertThat(fleet().path("processors").path(0).path("partitions")).isEmpty();
        assertThat(fleet().path("unowned_partitions")).isEmpty();
    }

    @Test
    void namesAProcessorThatStoppedWithoutAShutdown() {
        processor.publishStatistics(AskTest.figures("p-1"));
        processor.publishStatistics(AskTest.figures("p-2"));
        processor.redis().sync().del(MemoryKeys.processor("p-2"));
        await().untilAsserted(() -> {
            JsonNode fleet = fleet();
            assertThat(fleet.path("lost_processors").propertyNames())
                    .contains("p-2")
                    .doesNotContain("p-1");
            assertThat(fleet.path("health").path("problems").toString()).contains("Processor p-2 stopped");
        });
    }

    @Test
    void everyGatewayAnnouncesItselfWithItsRatesAndRefusals() {
        KeyedClient asker = keys.newClient(gateway, "alice", Scope.ASK);
        await().untilAsserted(() -> {
            assertThat(asker.ask("s-" + System.nanoTime(), "?").status()).isEqualTo(202);
            assertThat(operator.get("/v1/usage").status()).isEqualTo(403);
            assertThat(fleet().path("gateways")).anySatisfy(busy -> {
                assertThat(busy.path("gateway").asString()).startsWith("g-");
                assertThat(busy.path("kafka_available").asBoolean()).isTrue();
                assertThat(busy.path("accepted_per_second").asDouble()).isPositive();
                assertThat(busy.path("refusals").path("credentials scope").asInt())
                        .isPositive();
            });
        });
        assertThat(fleet().path("refusals").path("credentials scope").asInt()).isPositive();
    }

    @Test
    void streamsTheFiguresToOperatorsOnly() {
        try (SseClient stream = operator.stream("/v1/ops/stream")) {
            for (int i = 0; i < 2; i++) {
                SseClient.SseEvent event = stream.next();
                assertThat(event.type()).isEqualTo("fleet");
                assertThat(event.json().path("health").path("level").asString()).isNotEmpty();
            }
        }
        KeyedClient reader = keys.newClient(gateway, "alice", Scope.ASK, Scope.READ, Scope.CONTENT);
        assertThat(reader.get("/v1/ops/fleet").status()).isEqualTo(403);
        assertThat(reader.get("/v1/ops/stream").status()).isEqualTo(403);
        assertThat(gateway.get("/v1/ops/fleet").status()).isEqualTo(401);
    }
}

package io.turnlane.gateway.operations.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.operations.console.FleetHealth.FleetProblem;
import io.turnlane.gateway.operations.console.FleetHealth.HealthLevel;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.GatewayStatistics;
import io.turnlane.model.ProcessorDetail;
import io.turnlane.model.ProcessorDetail.AgentLoad;
import io.turnlane.model.ProcessorDetail.FailureCount;
import io.turnlane.model.ProcessorDetail.LaneDetail;
import io.turnlane.model.ProcessorDetail.LaneTurn;
import io.turnlane.model.ProcessorDetail.PartitionDetail;
import io.turnlane.model.ProcessorDetail.ServiceDetail;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.CacheStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The sentence about the health names the cause for which turns wait. */
class FleetDiagnosisTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final int PARTITIONS = 4;

    private boolean redis = true;
    private boolean kafka = true;
    private final List<ProcessorStatistics> processors = new ArrayList<>();
    private final List<ProcessorDetail> details = new ArrayList<>();
    private final Map<String, Instant> heartbeats = new HashMap<>();
    private final Map<String, Long> refusals = new HashMap<>();

    private FleetHealth health() {
        GatewayStatistics gateway =
                new GatewayStatistics("g-1", NOW, 0, 0, 0, 0, 0, refusals, Map.of(), 0, 1, Duration.ZERO, kafka);
        return FleetDiagnosis.of(
                new FleetReading(NOW, redis, kafka, processors, details, heartbeats, List.of(gateway), List.of()));
    }

    private String sentence() {
        return health().sentence();
    }

    /** Parts of a processor's statistics that a test sets. */
    private static final class ProcessorFigures {
        private ProcessorState state = ProcessorState.RUNNING;
        private SlotStatistics slots = new SlotStatistics(10, 10, 0, null);
        private Duration stalled = Duration.ZERO;
        private List<Integer> partitions =
                IntStream.range(0, PARTITIONS).boxed().toList();
        private List<LaneDetail> lanes = List.of();
        private List<AgentLoad> loads = List.of();
        private List<FailureCount> failures = List.of();
        private List<ServiceDetail> services = List.of();
        private Duration rebuilding;
        private long completed;
    }

    private void add(String id, ProcessorFigures figures) {
        heartbeats.put(id, NOW);
        processors.add(new ProcessorStatistics(
                id,
                "http://127.0.0.1:1",
                NOW,
                figures.state,
                List.of(new AgentDescription("kimi", "", List.of())),
                List.of(),
                3,
                2,
                1,
                figures.partitions.size(),
                0,
                Duration.ZERO,
                figures.completed,
                0,
                0,
                new CacheStatistics(0, 1, 0, 0),
                "",
                Duration.ZERO,
                figures.slots,
                Map.of("kimi", Duration.ofSeconds(4)),
                figures.stalled,
                0L,
                List.of(),
                Duration.ZERO));
        details.add(new ProcessorDetail(
                id,
                NOW,
                0,
                figures.failures,
                figures.loads,
                figures.lanes,
                figures.lanes.isEmpty() ? null : figures.lanes.getFirst(),
                PARTITIONS,
                figures.partitions.stream()
                        .map(number -> new PartitionDetail(
                                number, 0, 0, 0, 0, Duration.ZERO, null, number == 1 ? figures.rebuilding : null))
                        .toList(),
                figures.services));
    }

    private static LaneDetail lane(String state, Duration inState, int turns, Duration waited) {
        LaneTurn first = new LaneTurn(RequestId.parse("0192f1de-7a3c-7000-8000-000000000001"), "kimi", NOW);
        LaneTurn waiting =
                new LaneTurn(RequestId.parse("0192f1de-7a3c-7000-8000-000000000002"), "kimi", NOW.minus(waited));
        return new LaneDetail("-", new SessionId("s-1"), state, inState, turns, first, turns > 1 ? waiting : null);
    }

    private static ServiceDetail service(int free, int waiting, boolean broken, Duration pause) {
        return new ServiceDetail("kimi", "k2", "api.example", 4, free, waiting, broken, pause);
    }

    @Test
    void saysThatEverythingWorksAndHowManyTurnsRun() {
        add("p-1", new ProcessorFigures());
        assertThat(health().level()).isEqualTo(HealthLevel.OK);
        assertThat(health().problems()).isEmpty();
        assertThat(sentence()).isEqualTo("Everything works: 2 turns run and 1 waits.");
    }

    @Test
    void namesAStuckTurnAndTheTurnsBehindIt() {
        ProcessorFigures figures = new ProcessorFigures();
        figures.lanes = List.of(lane("running", Duration.ofSeconds(19), 4, Duration.ofSeconds(18)));
        add("p-1", figures);
        assertThat(health().level()).as("less than five times the usual time").isEqualTo(HealthLevel.OK);
        figures.lanes = List.of(lane("running", Duration.ofSeconds(21), 4, Duration.ofSeconds(20)));
        add("p-2", figures);
        assertThat(health().problems())
                .containsExactly(new FleetProblem(
                        HealthLevel.WARNING,
                        "stuck_turn",
                        "The agent kimi has been running for 21 s on the oldest turn of session s-1, and 3 turns wait"
                                + " behind it.",
                        "lanes"));
    }

    @Test
    void aLongTurnForWhichNoOtherTurnWaitsIsNoProblem() {
        ProcessorFigures figures = new ProcessorFigures();
        figures.lanes = List.of(lane("running", Duration.ofMinutes(10), 1, Duration.ZERO));
        add("p-1", figures);
        assertThat(health().level()).isEqualTo(HealthLevel.OK);
    }

    @Test
    void namesTheLimitOfAProviderBeforeTheTurnsThatAreStuckBecauseOfIt() {
        ProcessorFigures figures = new ProcessorFigures();
        figures.lanes = List.of(lane("running", Duration.ofMinutes(2), 4, Duration.ofSeconds(20)));
        figures.services = List.of(service(0, 3, false, Duration.ZERO));
        add("p-1", figures);
        add("p-2", figures);
        assertThat(sentence()).isEqualTo("6 turns wait for the model k2 of kimi: all 8 permits are in use.");
        assertThat(health().problems()).extracting(FleetProblem::code).contains("stuck_turn");
    }

    @Test
    void namesARateLimitAndAnOpenCircuitBreakerOfAProvider() {
        ProcessorFigures figures = new ProcessorFigures();
        figures.services = List.of(service(3, 1, false, Duration.ofSeconds(12)));
        add("p-1", figures);
        assertThat(sentence())
                .isEqualTo("1 turn waits for the model k2 of kimi: its rate limit allows the next call in 12 s.");
        figures.services = List.of(service(3, 0, true, Duration.ZERO));
        add("p-2", figures);
        assertThat(health().level()).isEqualTo(HealthLevel.FAILURE);
        assertThat(sentence()).startsWith("Calls of the model k2 of kimi fail, so that most are not tried any more");
    }

    @Test
    void namesADeadProcessorAndWhereItsTurnsAre() {
        ProcessorFigures figures = new ProcessorFigures();
        figures.partitions = List.of(0, 1);
        add("p-1", figures);
        heartbeats.put("p-2", NOW.minusSeconds(7));
        assertThat(health().level()).isEqualTo(HealthLevel.FAILURE);
        assertThat(sentence())
                .isEqualTo("Processor p-2 stopped without a shutdown 7 s ago: its turns wait until Kafka gives its"
                        + " partitions to other processors.");
        figures.partitions = List.of(2, 3);
        add("p-3", figures);
        assertThat(health().level()).isEqualTo(HealthLevel.WARNING);
        assertThat(sentence()).endsWith("other processors have taken over its partitions.");
        heartbeats.put("p-2", NOW.minusSeconds(61));
        assertThat(health().level()).isEqualTo(HealthLevel.OK);
    }

    @Test
    void namesPartitionsWithoutAnOwner() {
        ProcessorFigures figures = new ProcessorFigures();
        figures.partitions = List.of(0, 2, 3);
        add("p-1", figures);
        assertThat(sentence())
                .isEqualTo(
                        "No processor owns partition 1: turns of its sessions wait until Kafka assigns a processor.");
    }

    @Test
    void saysThatNoProcessorIsRunning() {
        assertThat(sentence()).isEqualTo("No processor is running: accepted questions wait in Kafka until one starts.");
        heartbeats.put("p-1", NOW.minusSeconds(20));
        assertThat(sentence())
                .isEqualTo("Processor p-1 stopped without a shutdown 20 s ago: its turns wait until a processor"
                        + " starts.");
    }

    @Test
    void namesRedisOrKafkaIfOneOfThemIsAway() {
        redis = false;
        assertThat(health().problems()).extracting(FleetProblem::code).containsExactly("redis_unavailable");
        assertThat(sentence())
                .isEqualTo("Redis does not answer: gateways still accept questions, but no turn begins until Redis is"
                        + " back.");
        kafka = false;
        assertThat(sentence()).startsWith("Kafka does not answer this gateway");
    }

    @Test
    void namesTheCodeAndTheAgentOfAWaveOfFailedTurns() {
        ProcessorFigures figures = new ProcessorFigures();
        figures.failures =
                List.of(new FailureCount("agent_error", "kimi", 9), new FailureCount("agent_timeout", "echo", 1));
        figures.completed = 30;
        add("p-1", figures);
        assertThat(health().level()).isEqualTo(HealthLevel.FAILURE);
        assertThat(sentence())
                .isEqualTo("10 turns failed in the last minute and are in quarantine, most of them with agent_error of"
                        + " the agent kimi.");
    }

    @Test
    void fewFailuresAmongManyTurnsAreNoProblem() {
        ProcessorFigures figures = new ProcessorFigures();
        figures.failures = List.of(new FailureCount("agent_error", "kimi", 9));
        figures.completed = 100;
        add("p-1", figures);
        assertThat(health().level()).isEqualTo(HealthLevel.OK);
    }

    @Test
    void namesAnAgentThatNobodyOffers() {
        ProcessorFigures figures = new ProcessorFigures();
        figures.loads = List.of(new AgentLoad("kimi", 1, 5), new AgentLoad("haiku", 0, 2));
        add("p-1", figures);
        assertThat(sentence()).isEqualTo("2 turns wait for the agent haiku, which no processor offers.");
    }

    @Test
    void namesFullSlotsStallsRebuildsRefusalsAndDrains() {
        ProcessorFigures figures = new ProcessorFigures();
        figures.slots = new SlotStatistics(10, 0, 35, null);
        figures.rebuilding = Duration.ofSeconds(3);
        add("p-1", figures);
        assertThat(health().problems())
                .extracting(FleetProblem::sentence)
                .containsExactly(
                        "35 sessions wait for a slot: running turns use all 10 slots. More processors would help.",
                        "Redis lost data: the memory of partition 1 is being restored from Kafka, and turns there wait"
                                + " for it.");
        refusals.put("overload", 120L);
        figures.stalled = Duration.ofSeconds(60);
        figures.state = ProcessorState.DRAINING;
        figures.rebuilding = null;
        add("p-2", figures);
        assertThat(health().problems())
                .extracting(FleetProblem::code)
                .containsExactly("processor_stalled", "overload", "slots_full", "memory_rebuild", "draining");
    }

    @Test
    void namesALongWaitThatNothingElseExplains() {
        ProcessorFigures figures = new ProcessorFigures();
        figures.lanes = List.of(lane("delayed", Duration.ofSeconds(20), 2, Duration.ofSeconds(40)));
        add("p-1", figures);
        assertThat(sentence())
                .isEqualTo("A turn of session s-1 has waited for 40 s: the oldest turn of its session waits for its"
                        + " next attempt.");
    }
}

package io.turnlane.gateway.operations.console;

import io.turnlane.gateway.operations.stats.Latencies;
import io.turnlane.gateway.turns.fleet.ConfiguredRoute;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.GatewayStatistics;
import io.turnlane.model.ProcessorDetail;
import io.turnlane.model.ProcessorDetail.AgentLoad;
import io.turnlane.model.ProcessorDetail.FailureCount;
import io.turnlane.model.ProcessorDetail.LaneDetail;
import io.turnlane.model.ProcessorDetail.PartitionDetail;
import io.turnlane.model.ProcessorDetail.ServiceDetail;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import io.turnlane.model.agent.RouteTarget.TakenOut;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Figures of all gateways and processors at one moment, as JSON. Durations are in seconds. Contains no questions and no
 * answers.
 *
 * @param longestWaiting lane of the turn that has waited the longest; null if no turn waits
 * @param failures turns that failed in the last minute, most frequent first
 * @param refusals questions and calls rejected in the last minute, by reason
 * @param drops clients disconnected early in the last minute, by reason
 * @param agents load by agent
 * @param routes routes that take questions, with the agents from which they choose
 * @param lanes lanes with the oldest turns, oldest first
 * @param unownedPartitions partitions that no processor owns
 * @param lostProcessors times since the last heartbeats of processors that stopped without a shutdown
 */
record FleetReport(
        Instant at,
        FleetHealth health,
        boolean redisAvailable,
        boolean kafkaAvailable,
        FleetTotals totals,
        @Nullable PlacedLane longestWaiting,
        List<FailureCount> failures,
        Map<String, Long> refusals,
        Map<String, Long> drops,
        List<AgentReport> agents,
        List<RouteReport> routes,
        List<PlacedLane> lanes,
        List<ProcessorReport> processors,
        List<GatewayStatistics> gateways,
        List<Integer> unownedPartitions,
        Map<String, Duration> lostProcessors) {

    private static final int MAX_LANES = 50;

    /**
     * Sums over all gateways and processors.
     *
     * @param lag number of questions that no processor has read yet
     * @param slots maximum number of turns that run at once
     * @param p50 median time from acceptance to answer, of turns that completed in the last minute; null if none did
     * @param expectedWait time that a new turn is expected to wait for a slot
     */
    record FleetTotals(
            double acceptedPerSecond,
            double endedPerSecond,
            int running,
            int waiting,
            long lag,
            int slots,
            int clients,
            @Nullable Duration p50,
            @Nullable Duration p95,
            @Nullable Duration p99,
            Duration expectedWait) {}

    /** Lane, and the processor that has it. */
    record PlacedLane(String processor, LaneDetail lane) {}

    /**
     * Load of an agent.
     *
     * @param agent name; empty for turns that name no agent
     * @param failed number of turns that failed in the last minute
     * @param meanTime mean time of recent calls; null if there were few
     * @param processors number of processors that offer the agent
     */
    record AgentReport(
            String agent,
            int running,
            int waiting,
            long failed,
            @Nullable Duration meanTime,
            int processors) {}

    /** Route, and the agents from which it chooses. */
    record RouteReport(String route, List<TargetReport> targets) {

        private static RouteReport of(ConfiguredRoute route) {
            return new RouteReport(
                    route.name(),
                    route.settings().targets().stream()
                            .map(target -> new TargetReport(target.agent(), target.weight(), target.takenOut()))
                            .toList());
        }
    }

    /**
     * Agent from which a route chooses.
     *
     * @param weight share of the agent, relative to the weights of all targets
     * @param takenOut reason for which the way back of the route took the agent out; null if it did not
     */
    record TargetReport(String agent, int weight, @Nullable TakenOut takenOut) {}

    /**
     * Processor that is alive.
     *
     * @param management address of its management endpoints
     * @param ready number of sessions that wait for a slot
     * @param turnsLastMinute number of turns that completed in the last minute
     * @param partitions partitions that it owns; empty for a processor of an older version, like {@code services}
     */
    record ProcessorReport(
            String processor,
            ProcessorState state,
            String management,
            Instant at,
            int running,
            int waiting,
            int openTurns,
            int slots,
            int ready,
            long lag,
            Duration oldestAge,
            Duration stalled,
            long turnsLastMinute,
            double endedPerSecond,
            List<PartitionDetail> partitions,
            List<ServiceDetail> services) {

        private static ProcessorReport of(ProcessorStatistics processor, @Nullable ProcessorDetail detail) {
            SlotStatistics slots = processor.places();
            return new ProcessorReport(
                    processor.processor(),
                    processor.state(),
                    processor.management(),
                    processor.at(),
                    processor.running(),
                    processor.waiting(),
                    processor.openTurns(),
                    slots == null ? 0 : slots.most(),
                    slots == null ? 0 : slots.ready(),
                    processor.lag(),
                    processor.oldestAge(),
                    processor.stalled(),
                    processor.turnsLastMinute(),
                    detail == null ? 0 : detail.endedPerSecond(),
                    detail == null ? List.of() : detail.partitions(),
                    detail == null ? List.of() : detail.services());
        }
    }

    static FleetReport of(FleetReading reading) {
        Map<String, ProcessorDetail> details = reading.details().stream()
                .collect(Collectors.toMap(ProcessorDetail::processor, Function.identity(), (first, _) -> first));
        return new FleetReport(
                reading.at(),
                FleetDiagnosis.of(reading),
                reading.redisAvailable(),
                reading.kafkaAvailable(),
                totals(reading),
                longestWaiting(reading.details()),
                failures(reading.details()),
                sum(reading.gateways().stream().map(GatewayStatistics::refusals)),
                sum(reading.gateways().stream().map(GatewayStatistics::drops)),
                agents(reading),
                reading.routes().stream()
                        .map(RouteReport::of)
                        .sorted(Comparator.comparing(RouteReport::route))
                        .toList(),
                lanes(reading.details()),
                reading.processors().stream()
                        .map(processor -> ProcessorReport.of(processor, details.get(processor.processor())))
                        .toList(),
                reading.gateways(),
                reading.unownedPartitions(),
                reading.lostProcessors());
    }

    private static FleetTotals totals(FleetReading reading) {
        List<ProcessorStatistics> alive = reading.processors();
        Histogram latency = Latencies.merged(alive);
        return new FleetTotals(
                reading.gateways().stream()
                        .mapToDouble(GatewayStatistics::acceptedPerSecond)
                        .sum(),
                reading.details().stream()
                        .mapToDouble(ProcessorDetail::endedPerSecond)
                        .sum(),
                alive.stream().mapToInt(ProcessorStatistics::running).sum(),
                alive.stream().mapToInt(ProcessorStatistics::waiting).sum(),
                alive.stream().mapToLong(ProcessorStatistics::lag).sum(),
                alive.stream()
                        .map(ProcessorStatistics::places)
                        .filter(Objects::nonNull)
                        .mapToInt(SlotStatistics::most)
                        .sum(),
                reading.gateways().stream().mapToInt(GatewayStatistics::clients).sum(),
                percentile(latency, 50),
                percentile(latency, 95),
                percentile(latency, 99),
                reading.gateways().stream()
                        .map(GatewayStatistics::expectedWait)
                        .max(Comparator.naturalOrder())
                        .orElse(Duration.ZERO));
    }

    private static @Nullable Duration percentile(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? null : Duration.ofNanos(micros.getValueAtPercentile(percentile) * 1000);
    }

    private static @Nullable PlacedLane longestWaiting(List<ProcessorDetail> details) {
        return details.stream()
                .filter(detail -> detail.longestWaiting() != null)
                .map(detail -> new PlacedLane(detail.processor(), Objects.requireNonNull(detail.longestWaiting())))
                .min(Comparator.comparing(placed ->
                        Objects.requireNonNull(placed.lane().waiting()).askedAt()))
                .orElse(null);
    }

    private static List<PlacedLane> lanes(List<ProcessorDetail> details) {
        return details.stream()
                .flatMap(detail -> detail.lanes().stream().map(lane -> new PlacedLane(detail.processor(), lane)))
                .sorted(Comparator.comparing(placed -> placed.lane().first().askedAt()))
                .limit(MAX_LANES)
                .toList();
    }

    private static List<FailureCount> failures(Collection<ProcessorDetail> details) {
        record Kind(String code, String agent) {}
        return details.stream()
                .flatMap(detail -> detail.failures().stream())
                .collect(Collectors.groupingBy(
                        count -> new Kind(count.code(), count.agent()), Collectors.summingLong(FailureCount::turns)))
                .entrySet()
                .stream()
                .map(sum -> new FailureCount(sum.getKey().code(), sum.getKey().agent(), sum.getValue()))
                .sorted(Comparator.comparingLong(FailureCount::turns)
                        .reversed()
                        .thenComparing(FailureCount::code)
                        .thenComparing(FailureCount::agent))
                .toList();
    }

    private static Map<String, Long> sum(Stream<Map<String, Long>> counts) {
        Map<String, Long> sum = new TreeMap<>();
        counts.forEach(one -> one.forEach((reason, count) -> sum.merge(reason, count, Long::sum)));
        return sum;
    }

    private static List<AgentReport> agents(FleetReading reading) {
        List<AgentLoad> loads = reading.details().stream()
                .flatMap(detail -> detail.agents().stream())
                .toList();
        Set<String> names = new TreeSet<>(reading.offeredAgents());
        loads.forEach(load -> names.add(load.agent()));
        return names.stream().map(name -> agent(name, loads, reading)).toList();
    }

    private static AgentReport agent(String name, List<AgentLoad> loads, FleetReading reading) {
        List<AgentLoad> own =
                loads.stream().filter(load -> load.agent().equals(name)).toList();
        return new AgentReport(
                name,
                own.stream().mapToInt(AgentLoad::running).sum(),
                own.stream().mapToInt(AgentLoad::waiting).sum(),
                reading.details().stream()
                        .flatMap(detail -> detail.failures().stream())
                        .filter(failure -> failure.agent().equals(name))
                        .mapToLong(FailureCount::turns)
                        .sum(),
                reading.processors().stream()
                        .map(processor -> processor.agentTimes().get(name))
                        .filter(Objects::nonNull)
                        .max(Comparator.naturalOrder())
                        .orElse(null),
                Math.toIntExact(reading.processors().stream()
                        .filter(processor -> processor.agents().stream()
                                .map(AgentDescription::name)
                                .anyMatch(name::equals))
                        .count()));
    }
}

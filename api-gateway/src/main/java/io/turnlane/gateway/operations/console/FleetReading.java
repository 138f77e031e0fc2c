package io.turnlane.gateway.operations.console;

import io.turnlane.gateway.turns.fleet.ConfiguredRoute;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.GatewayStatistics;
import io.turnlane.model.ProcessorDetail;
import io.turnlane.model.ProcessorDetail.PartitionDetail;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Statistics of all gateways and processors at one moment, as one gateway has read them.
 *
 * @param processors processors that are alive; empty if Redis is unavailable
 * @param details detailed statistics of these processors; without processors of an older version
 * @param heartbeats times of the latest heartbeats of processors that are alive or have recently stopped without a
 *     shutdown
 * @param gateways gateways that are alive; only the one that reads if Redis is unavailable
 * @param routes routes that take questions
 */
record FleetReading(
        Instant at,
        boolean redisAvailable,
        boolean kafkaAvailable,
        List<ProcessorStatistics> processors,
        List<ProcessorDetail> details,
        Map<String, Instant> heartbeats,
        List<GatewayStatistics> gateways,
        Collection<ConfiguredRoute> routes) {

    /** Time for which a lost processor is reported. */
    private static final Duration LOST_FOR = Duration.ofMinutes(1);

    FleetReading {
        processors = List.copyOf(processors);
        details = List.copyOf(details);
        heartbeats = Map.copyOf(heartbeats);
        gateways = List.copyOf(gateways);
        routes = List.copyOf(routes);
    }

    /** Returns the processors that take turns. */
    List<ProcessorStatistics> running() {
        return processors.stream()
                .filter(processor -> processor.state() == ProcessorState.RUNNING)
                .toList();
    }

    /** Returns the times since the last heartbeats of processors that stopped without a shutdown, by their ids. */
    Map<String, Duration> lostProcessors() {
        Map<String, Duration> lost = new TreeMap<>();
        heartbeats.forEach((processor, last) -> {
            Duration silent = Duration.between(last, at);
            if (silent.compareTo(LOST_FOR) < 0) {
                lost.put(processor, silent);
            }
        });
        processors.forEach(alive -> lost.remove(alive.processor()));
        return lost;
    }

    /** Returns the partitions that no processor owns; empty if this is unknown. */
    List<Integer> unownedPartitions() {
        int listed =
                details.stream().mapToInt(detail -> detail.partitions().size()).sum();
        int held = processors.stream().mapToInt(ProcessorStatistics::partitions).sum();
        if (processors.isEmpty() || details.size() < processors.size() || listed < held) {
            return List.of(); // a processor of an older version, or one that lists only some of its partitions
        }
        Set<Integer> owned = details.stream()
                .flatMap(detail -> detail.partitions().stream())
                .map(PartitionDetail::partition)
                .collect(Collectors.toSet());
        int all = details.stream()
                .mapToInt(ProcessorDetail::topicPartitions)
                .max()
                .orElse(0);
        return IntStream.range(0, all)
                .filter(partition -> !owned.contains(partition))
                .boxed()
                .toList();
    }

    /** Returns the names of the agents that at least one processor offers. */
    Set<String> offeredAgents() {
        return processors.stream()
                .flatMap(processor -> processor.agents().stream())
                .map(AgentDescription::name)
                .collect(Collectors.toSet());
    }
}

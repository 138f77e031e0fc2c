package io.turnlane.gateway.operations.stats;

import io.turnlane.gateway.turns.fleet.ConfiguredRoute;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.AgentUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * JSON representation of the live statistics of the whole installation. All durations are in seconds.
 *
 * @param cache statistics over the session caches of all processors
 * @param performance turns that all processors completed in the last 60 s
 * @param redis availability of Redis
 * @param kafka availability of Kafka
 * @param processors processors that are alive
 * @param gateway gateway that serves the call
 * @param usage usage of models since the processors started, by agent and provider
 * @param warnings conditions that an operator should change, as sentences
 */
record StatsReport(
        CacheStats cache,
        Performance performance,
        Backend redis,
        Backend kafka,
        List<ProcessorStats> processors,
        GatewayStats gateway,
        List<AgentUsage> usage,
        List<String> warnings) {

    /**
     * Statistics of the session caches.
     *
     * @param size number of cached sessions
     * @param maxSize maximum number of cached sessions
     * @param hitRate hits as a percentage of all lookups
     */
    record CacheStats(long size, long maxSize, long hits, long misses, double hitRate) {}

    /**
     * Statistics of the turns that completed in the last 60 s.
     *
     * @param totalRequests number of these turns
     */
    record Performance(
            double requestsPerSecond,
            double avgResponseTime,
            double p50ResponseTime,
            double p95ResponseTime,
            double p99ResponseTime,
            long totalRequests) {}

    record Backend(boolean available) {}

    /**
     * Statistics of a processor.
     *
     * @param management address of the processor's management endpoints: health, metrics and evacuation
     * @param stalled time for which the processor has read no new turns and ended none, because its open turns have
     *     reached a bound
     */
    record ProcessorStats(
            String processor,
            ProcessorState state,
            String management,
            Instant at,
            int openTurns,
            int running,
            int waiting,
            int partitions,
            long lag,
            Duration oldestAge,
            long turnsLastMinute,
            long totalTurns,
            long failedTurns,
            List<String> agents,
            Duration stalled) {

        static ProcessorStats of(ProcessorStatistics p) {
            return new ProcessorStats(
                    p.processor(),
                    p.state(),
                    p.management(),
                    p.at(),
                    p.openTurns(),
                    p.running(),
                    p.waiting(),
                    p.partitions(),
                    p.lag(),
                    p.oldestAge(),
                    p.turnsLastMinute(),
                    p.totalTurns(),
                    p.failedTurns(),
                    p.agents().stream().map(a -> a.name()).toList(),
                    p.stalled());
        }
    }

    /** @param clients number of open streams, sockets and waiting calls of the gateway that serves the call */
    record GatewayStats(int clients) {}

    /**
     * Returns the report.
     *
     * @param missingAgents agents that some processors lack, with the ids of those processors
     * @param routes routes that take questions
     */
    static StatsReport of(
            List<ProcessorStatistics> alive,
            Map<String, List<String>> missingAgents,
            Collection<ConfiguredRoute> routes,
            Backend redis,
            Backend kafka,
            GatewayStats gateway) {
        List<ProcessorStats> processors = alive.stream().map(ProcessorStats::of).toList();
        return new StatsReport(
                cacheOf(alive),
                performanceOf(alive),
                redis,
                kafka,
                processors,
                gateway,
                usageOf(alive),
                warnings(alive, missingAgents, routes));
    }

    private static List<String> warnings(
            List<ProcessorStatistics> alive,
            Map<String, List<String>> missingAgents,
            Collection<ConfiguredRoute> routes) {
        Stream<String> agents = missingAgents.entrySet().stream()
                .map(missing -> "Processors offer different agents: " + missing.getKey() + " is missing on "
                        + String.join(", ", missing.getValue())
                        + ". Questions for it wait there until their partition moves, and fail after the agent wait.");
        long dropped = alive.stream()
                .mapToLong(processor -> Objects.requireNonNullElse(processor.droppedTurns(), 0L))
                .sum();
        Stream<String> drops = dropped == 0
                ? Stream.of()
                : Stream.of(dropped + " requests ended as expired, because their records were deleted from the turns"
                        + " topic before they were handled. The logs of the processors have the offsets.");
        return Stream.of(agents, drops, routes.stream().flatMap(StatsReport::takenOut))
                .flatMap(Function.identity())
                .toList();
    }

    private static Stream<String> takenOut(ConfiguredRoute route) {
        return route.settings().targets().stream()
                .flatMap(target -> Stream.ofNullable(target.takenOut())
                        .map(out -> "The route " + route.name() + " sends no questions to " + target.agent() + " since "
                                + out.at() + ": " + out.reason()
                                + ". To take the agent in again, define the route again."));
    }

    private static List<AgentUsage> usageOf(List<ProcessorStatistics> alive) {
        return List.copyOf(alive.stream()
                .flatMap(processor -> processor.usage().stream())
                .collect(Collectors.toMap(
                        usage -> usage.agent() + " " + usage.provider(),
                        Function.identity(),
                        (a, b) -> new AgentUsage(
                                a.agent(), a.provider(), a.usage().plus(b.usage())),
                        TreeMap::new))
                .values());
    }

    private static CacheStats cacheOf(List<ProcessorStatistics> alive) {
        long hits = alive.stream().mapToLong(p -> p.cache().hits()).sum();
        long misses = alive.stream().mapToLong(p -> p.cache().misses()).sum();
        return new CacheStats(
                alive.stream().mapToLong(p -> p.cache().size()).sum(),
                alive.stream().mapToLong(p -> p.cache().maxSize()).sum(),
                hits,
                misses,
                hits + misses == 0 ? 0 : rounded(100.0 * hits / (hits + misses), 100));
    }

    private static Performance performanceOf(List<ProcessorStatistics> alive) {
        Histogram latency = Latencies.merged(alive);
        long turns =
                alive.stream().mapToLong(ProcessorStatistics::turnsLastMinute).sum();
        double seconds = alive.stream().mapToLong(p -> p.latencySum().toNanos()).sum() / 1e9;
        long measured = latency.getTotalCount();
        return new Performance(
                rounded(turns / 60.0, 100),
                measured == 0 ? 0 : rounded(seconds / measured, 1e6),
                percentile(latency, 50),
                percentile(latency, 95),
                percentile(latency, 99),
                turns);
    }

    private static double percentile(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? 0 : micros.getValueAtPercentile(percentile) / 1e6;
    }

    private static double rounded(double value, double steps) {
        return Math.round(value * steps) / steps;
    }
}

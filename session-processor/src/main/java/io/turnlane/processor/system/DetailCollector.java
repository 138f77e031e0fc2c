package io.turnlane.processor.system;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.model.ProcessorDetail;
import io.turnlane.model.ProcessorDetail.FailureCount;
import io.turnlane.model.ProcessorDetail.PartitionDetail;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.agent.configured.AgentBuilder;
import io.turnlane.processor.intake.IntakeStatistics;
import io.turnlane.processor.intake.PartitionState;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.rebuild.MemoryLossDetector;
import io.turnlane.processor.turn.Turn;
import io.turnlane.store.fleet.RecentCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Collects the detailed statistics of this processor. Its time depends on the number of lanes, partitions and meters,
 * but not on the number of turns. The {@link Heartbeat} calls it once a second, on one thread.
 */
@Component
final class DetailCollector {

    static final int MAX_PARTITIONS = 256;
    private static final int MAX_SERVICES = 50;
    private static final int MAX_FAILURES = 50;
    private static final String ENDED = "ended";

    private final ProcessorId id;
    private final LaneScheduler<SessionKey, Turn> lanes;
    private final TurnPoller poller;
    private final MemoryLossDetector losses;
    private final AgentBuilder agents;
    private final MeterRegistry meters;
    private final RecentCounts ended = new RecentCounts();
    private final RecentCounts failed = new RecentCounts();

    DetailCollector(
            ProcessorId id,
            LaneScheduler<SessionKey, Turn> lanes,
            TurnPoller poller,
            MemoryLossDetector losses,
            AgentBuilder agents,
            MeterRegistry meters) {
        this.id = id;
        this.lanes = lanes;
        this.poller = poller;
        this.losses = losses;
        this.agents = agents;
        this.meters = meters;
    }

    /** @param endedTurns number of turns that ended since the processor started */
    ProcessorDetail collect(Instant now, long endedTurns) {
        long nanos = System.nanoTime();
        ended.add(nanos, Map.of(ENDED, endedTurns));
        failed.add(nanos, failures());
        IntakeStatistics intake = poller.statistics();
        List<PartitionState> held = intake.held();
        LaneSurvey survey = new LaneSurvey(held);
        lanes.visit(survey);
        return new ProcessorDetail(
                id.value(),
                now,
                ended.perSecond(ENDED),
                recentFailures(),
                survey.agents(),
                survey.lanes(),
                survey.longestWaiting(),
                intake.topicPartitions(),
                partitions(held, survey, now),
                agents.serviceLoads().stream().limit(MAX_SERVICES).toList());
    }

    /** Returns the numbers of failed turns since the start, by code and agent, which have a space between them. */
    private Map<String, Long> failures() {
        Map<String, Long> totals = new HashMap<>();
        for (Counter counter : meters.find("turnlane.failures")
                .tag("outcome", RequestStatus.FAILED.wire())
                .counters()) {
            String key = counter.getId().getTag("code") + " " + counter.getId().getTag("agent");
            totals.merge(key, (long) counter.count(), Long::sum);
        }
        return totals;
    }

    private List<FailureCount> recentFailures() {
        return failed.lastMinute().entrySet().stream()
                .map(count -> {
                    String[] codeAndAgent = count.getKey().split(" ", 2);
                    return new FailureCount(codeAndAgent[0], codeAndAgent[1], count.getValue());
                })
                .sorted(Comparator.comparingLong(FailureCount::turns).reversed())
                .limit(MAX_FAILURES)
                .toList();
    }

    private List<PartitionDetail> partitions(List<PartitionState> held, LaneSurvey survey, Instant now) {
        Map<Integer, Instant> rebuilding = losses.rebuilding();
        return held.stream()
                .sorted(Comparator.comparingInt(PartitionState::partition))
                .limit(MAX_PARTITIONS)
                .map(partition -> new PartitionDetail(
                        partition.partition(),
                        partition.frontier(),
                        partition.position(),
                        partition.open(),
                        partition.lag(),
                        partition.oldestAge(),
                        survey.holder(partition.partition()),
                        since(rebuilding.get(partition.partition()), now)))
                .toList();
    }

    private static @Nullable Duration since(@Nullable Instant start, Instant now) {
        return start == null ? null : start.isAfter(now) ? Duration.ZERO : Duration.between(start, now);
    }
}

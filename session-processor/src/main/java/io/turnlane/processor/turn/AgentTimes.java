package io.turnlane.processor.turn;

import io.turnlane.model.Phase;
import io.turnlane.model.RequestStatus;
import io.turnlane.processor.lane.LaneLoad;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Mean time of recent calls of each agent. The processor uses it to estimate how long queued turns will wait. The mean
 * is an exponential moving average with a weight of one fifth for the latest call. An agent has no mean time before its
 * fifth call, or if its latest call ended more than 10 minutes ago.
 *
 * <p>Threading: lane threads report calls, and any thread reads the means. Only completed turns count, so unknown
 * agents have no entries.
 */
public final class AgentTimes implements TurnObserver {

    private static final double WEIGHT_OF_LATEST = 0.2;
    private static final int MIN_CALLS = 5;
    private static final Duration MAX_AGE = Duration.ofMinutes(10);

    private final InstantSource clock;
    private final Map<String, CallStatistics> byAgent = new ConcurrentHashMap<>();

    public AgentTimes(InstantSource clock) {
        this.clock = clock;
    }

    private record CallStatistics(int turns, double meanNanos, Instant last) {

        CallStatistics with(Duration time, Instant at) {
            double mean = meanNanos + WEIGHT_OF_LATEST * (time.toNanos() - meanNanos);
            return new CallStatistics(Math.min(turns + 1, MIN_CALLS), mean, at);
        }
    }

    @Override
    public void flightEnded(TurnReport report) {
        if (report.outcome().equals(RequestStatus.COMPLETED.wire())) {
            report.between(Phase.PROVIDER_CALL_START, Phase.PROVIDER_CALL_END)
                    .ifPresent(time -> byAgent.merge(
                            report.agent(),
                            new CallStatistics(1, time.toNanos(), clock.instant()),
                            (before, now) -> before.with(time, now.last())));
        }
    }

    /** Returns the mean time of the agent's recent calls; empty if the agent has no mean time. */
    public Optional<Duration> meanTime(@Nullable String agent) {
        CallStatistics statistics = agent == null ? null : byAgent.get(agent);
        return statistics == null || statistics.turns() < MIN_CALLS || !isFresh(statistics)
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.round(statistics.meanNanos())));
    }

    /**
     * Returns the expected time until a turn begins; empty if its agent has no mean time.
     *
     * @param ahead number of turns ahead of the turn in its lane
     */
    Optional<Duration> expectedWait(@Nullable String agent, int ahead, Supplier<LaneLoad> load) {
        return meanTime(agent)
                .map(each -> slotWait(each, load.get()).multipliedBy(ahead + 1L).plus(each.multipliedBy(ahead)));
    }

    /** Returns the expected time until a lane that becomes ready now gets a slot. */
    private static Duration slotWait(Duration runTime, LaneLoad load) {
        return runTime.multipliedBy(Math.max(0, load.readyLanes() - load.freeSlots()))
                .dividedBy(load.slots());
    }

    private boolean isFresh(CallStatistics statistics) {
        return Duration.between(statistics.last(), clock.instant()).compareTo(MAX_AGE) < 0;
    }

    /** Returns the mean times of all agents that have one, by agent name. */
    public Map<String, Duration> meanTimes() {
        Map<String, Duration> all = new HashMap<>();
        byAgent.keySet().forEach(agent -> meanTime(agent).ifPresent(time -> all.put(agent, time)));
        return all;
    }
}

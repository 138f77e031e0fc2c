package io.turnlane.processor.turn;

import io.turnlane.model.Phase;
import io.turnlane.model.RequestStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How long agents took lately: what a turn that waits is told to expect. A moving mean by agent, in which the last turn
 * counts a fifth; nothing where too few were seen, or none for long.
 *
 * <p>Threading: lanes' threads tell, any thread asks. There are no more entries than agents, for only answered turns
 * count.
 */
public final class AgentTimes implements TurnObserver {

    private static final double LAST_COUNTS = 0.2;
    private static final int FEWEST = 5;
    private static final Duration STALE = Duration.ofMinutes(10);

    private final InstantSource clock;
    private final Map<String, Seen> byAgent = new ConcurrentHashMap<>();

    public AgentTimes(InstantSource clock) {
        this.clock = clock;
    }

    private record Seen(int turns, double meanNanos, Instant last) {

        Seen and(Duration time, Instant at) {
            double mean = meanNanos + LAST_COUNTS * (time.toNanos() - meanNanos);
            return new Seen(Math.min(turns + 1, FEWEST), mean, at);
        }
    }

    @Override
    public void flightEnded(TurnReport report) {
        if (report.outcome().equals(RequestStatus.COMPLETED.wire())) {
            report.between(Phase.PROVIDER_CALL_START, Phase.PROVIDER_CALL_END)
                    .ifPresent(time -> byAgent.merge(
                            report.agent(),
                            new Seen(1, time.toNanos(), clock.instant()),
                            (before, now) -> before.and(time, now.last())));
        }
    }

    /** How long a turn of this agent takes; empty where there is no basis for saying so. */
    public Optional<Duration> meanTime(@Nullable String agent) {
        Seen seen = agent == null ? null : byAgent.get(agent);
        return seen == null || seen.turns() < FEWEST || !isFresh(seen)
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.round(seen.meanNanos())));
    }

    private boolean isFresh(Seen seen) {
        return Duration.between(seen.last(), clock.instant()).compareTo(STALE) < 0;
    }

    /** Of all agents of which there is something to say. */
    public Map<String, Duration> meanTimes() {
        Map<String, Duration> all = new HashMap<>();
        byAgent.keySet().forEach(agent -> meanTime(agent).ifPresent(time -> all.put(agent, time)));
        return all;
    }
}

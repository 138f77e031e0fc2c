package io.turnlane.processor.system;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Phase;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.turn.TurnObserver;
import io.turnlane.processor.turn.TurnReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Metrics of flights (executions of turns). Each tag has a bounded number of values: about a dozen outcomes, the error
 * codes, and the agents of this processor. Clients can send any agent name, so all unknown names count as
 * {@value #OTHER}. The meters of each turn are looked up in the registry only once.
 */
final class TurnMeters implements TurnObserver {

    private static final String NONE = "none";
    private static final String OTHER = "other";
    private static final Set<String> CODES =
            Arrays.stream(ErrorCode.values()).map(ErrorCode::wire).collect(Collectors.toUnmodifiableSet());
    /**
     * Difference between the clocks of gateway and processor that does not count as an error. Both clocks are set to
     * the time of Redis.
     */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(1);

    private final MeterRegistry registry;
    private final Counter clockErrors;
    private final Counter republished;
    private final Counter fencedWrites;
    private final AgentCatalog agents;
    private final Map<RunTags, Counter> runs = new ConcurrentHashMap<>();
    private final Map<String, AgentTimers> timersByAgent = new ConcurrentHashMap<>();

    private record RunTags(String outcome, String agent) {}

    private record AgentTimers(Timer turn, Timer queue, Timer begin, Timer agent) {}

    TurnMeters(MeterRegistry registry, AgentCatalog agents) {
        this.registry = registry;
        this.agents = agents;
        this.clockErrors = Counter.builder("turnlane.clock.errors")
                .description("Turns that were asked in the future, because their gateway's clock was wrong")
                .register(registry);
        this.republished = registry.counter("turnlane.redeliveries.republished");
        this.fencedWrites = registry.counter("turnlane.fenced.writes");
    }

    @Override
    public void flightEnded(TurnReport report) {
        String agent = bounded(report.agent(), agents::has);
        runs.computeIfAbsent(new RunTags(report.outcome(), agent), this::runs).increment();
        if (!report.code().isEmpty()) {
            registry.counter(
                            "turnlane.failures",
                            "outcome",
                            report.outcome(),
                            "code",
                            bounded(report.code(), CODES::contains),
                            "agent",
                            agent)
                    .increment();
        }
        if (wasAskedInTheFuture(report)) {
            clockErrors.increment();
        }
        if (report.outcome().equals("completed")) {
            AgentTimers timers = timersByAgent.computeIfAbsent(agent, this::timers);
            record(report, timers.turn(), Phase.RECEIVED, Phase.COMPLETED);
            record(report, timers.queue(), Phase.RECEIVED, Phase.DEQUEUED);
            record(report, timers.begin(), Phase.DEQUEUED, Phase.SESSION_ALLOCATED);
            record(report, timers.agent(), Phase.PROVIDER_CALL_START, Phase.PROVIDER_CALL_END);
        }
        if (report.outcome().equals("republished")) {
            republished.increment();
        }
        if (report.outcome().equals("fenced")) {
            fencedWrites.increment();
        }
    }

    private static String bounded(String value, Predicate<String> isKnown) {
        if (value.isEmpty()) {
            return NONE;
        }
        return isKnown.test(value) ? value : OTHER;
    }

    private Counter runs(RunTags tags) {
        return registry.counter("turnlane.runs", "outcome", tags.outcome(), "agent", tags.agent());
    }

    private AgentTimers timers(String agent) {
        return new AgentTimers(
                timer("turnlane.turn.duration", agent),
                timer("turnlane.queue.wait", agent),
                timer("turnlane.memory.begin", agent),
                timer("turnlane.agent.duration", agent));
    }

    private Timer timer(String name, String agent) {
        return Timer.builder(name)
                .tag("agent", agent)
                .publishPercentileHistogram()
                .register(registry);
    }

    private static void record(TurnReport report, Timer timer, Phase from, Phase to) {
        report.between(from, to).ifPresent(timer::record);
    }

    private static boolean wasAskedInTheFuture(TurnReport report) {
        Instant received = report.phases().get(Phase.RECEIVED);
        Instant dequeued = report.phases().get(Phase.DEQUEUED);
        return received != null
                && dequeued != null
                && received.minus(CLOCK_TOLERANCE).isAfter(dequeued);
    }
}

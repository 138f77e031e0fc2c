package io.turnlane.processor.system;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Phase;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.turn.TurnObserver;
import io.turnlane.processor.turn.TurnReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Metrics of flights (executions of turns). Each tag has a bounded number of values: about a dozen outcomes, the error
 * codes, and the agents of this processor. Clients can send any agent name, so all unknown names count as
 * {@value #OTHER}.
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
    private final Set<String> agents;

    TurnMeters(MeterRegistry registry, AgentCatalog agents) {
        this.registry = registry;
        this.agents =
                agents.descriptions().stream().map(AgentDescription::name).collect(Collectors.toUnmodifiableSet());
        this.clockErrors = Counter.builder("turnlane.clock.errors")
                .description("Turns that were asked in the future, because their gateway's clock was wrong")
                .register(registry);
    }

    @Override
    public void flightEnded(TurnReport report) {
        String agent = bounded(report.agent(), agents);
        registry.counter("turnlane.runs", "outcome", report.outcome(), "agent", agent)
                .increment();
        if (!report.code().isEmpty()) {
            registry.counter(
                            "turnlane.failures",
                            "outcome",
                            report.outcome(),
                            "code",
                            bounded(report.code(), CODES),
                            "agent",
                            agent)
                    .increment();
        }
        if (wasAskedInTheFuture(report)) {
            clockErrors.increment();
        }
        if (report.outcome().equals("completed")) {
            time(report, agent, "turnlane.turn.duration", Phase.RECEIVED, Phase.COMPLETED);
            time(report, agent, "turnlane.queue.wait", Phase.RECEIVED, Phase.DEQUEUED);
            time(report, agent, "turnlane.memory.begin", Phase.DEQUEUED, Phase.SESSION_ALLOCATED);
            time(report, agent, "turnlane.agent.duration", Phase.PROVIDER_CALL_START, Phase.PROVIDER_CALL_END);
        }
        if (report.outcome().equals("republished")) {
            registry.counter("turnlane.redeliveries.republished").increment();
        }
        if (report.outcome().equals("fenced")) {
            registry.counter("turnlane.fenced.writes").increment();
        }
    }

    private static String bounded(String value, Set<String> known) {
        if (value.isEmpty()) {
            return NONE;
        }
        return known.contains(value) ? value : OTHER;
    }

    private void time(TurnReport report, String agent, String name, Phase from, Phase to) {
        report.between(from, to)
                .ifPresent(time -> Timer.builder(name)
                        .tag("agent", agent)
                        .publishPercentileHistogram()
                        .register(registry)
                        .record(time));
    }

    private static boolean wasAskedInTheFuture(TurnReport report) {
        Instant received = report.phases().get(Phase.RECEIVED);
        Instant dequeued = report.phases().get(Phase.DEQUEUED);
        return received != null
                && dequeued != null
                && received.minus(CLOCK_TOLERANCE).isAfter(dequeued);
    }
}

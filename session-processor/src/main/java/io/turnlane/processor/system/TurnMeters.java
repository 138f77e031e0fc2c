package io.turnlane.processor.system;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.turnlane.model.Phase;
import io.turnlane.processor.turn.TurnObserver;
import io.turnlane.processor.turn.TurnReport;
import java.time.Duration;

/**
 * Metrics of flights (executions of turns). Each tag has a small, bounded number of values, for example about a dozen
 * outcomes.
 */
final class TurnMeters implements TurnObserver {

    private final MeterRegistry registry;

    TurnMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void flightEnded(TurnReport report) {
        registry.counter("turnlane.runs", "outcome", report.outcome()).increment();
        if (report.outcome().equals("completed")) {
            time(report, "turnlane.turn.duration", Phase.RECEIVED, Phase.COMPLETED);
            time(report, "turnlane.queue.wait", Phase.RECEIVED, Phase.DEQUEUED);
            time(report, "turnlane.memory.begin", Phase.DEQUEUED, Phase.SESSION_ALLOCATED);
            time(report, "turnlane.agent.duration", Phase.PROVIDER_CALL_START, Phase.PROVIDER_CALL_END);
        }
        if (report.outcome().equals("told_again")) {
            registry.counter("turnlane.redeliveries.told.again").increment();
        }
        if (report.outcome().equals("fenced")) {
            registry.counter("turnlane.fenced.writes").increment();
        }
    }

    private void time(TurnReport report, String name, Phase from, Phase to) {
        report.between(from, to)
                .ifPresent(time -> Timer.builder(name)
                        .publishPercentileHistogram()
                        .register(registry)
                        .record(time.isNegative() ? Duration.ZERO : time));
    }
}

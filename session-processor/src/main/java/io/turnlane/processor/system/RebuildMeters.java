package io.turnlane.processor.system;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.store.loss.RebuildReport;
import java.util.function.Consumer;

/** Metrics of rebuilds. The duration of a rebuild is recorded only if the partition had sessions. */
final class RebuildMeters implements Consumer<RebuildReport> {

    private final MeterRegistry registry;

    RebuildMeters(MeterRegistry registry) {
        this.registry = registry;
        registry.timer("turnlane.memory.rebuild");
        registry.counter("turnlane.memory.rebuilt.sessions");
        registry.counter("turnlane.memory.rebuilt.turns");
        registry.counter("turnlane.memory.rebuilt.dropped");
    }

    @Override
    public void accept(RebuildReport report) {
        if (report.sessions() > 0) {
            registry.timer("turnlane.memory.rebuild").record(report.took());
        }
        registry.counter("turnlane.memory.rebuilt.sessions").increment(report.sessions());
        registry.counter("turnlane.memory.rebuilt.turns").increment(report.turns());
        registry.counter("turnlane.memory.rebuilt.dropped").increment(report.dropped());
    }
}

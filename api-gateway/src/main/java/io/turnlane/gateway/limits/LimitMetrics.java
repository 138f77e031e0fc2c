package io.turnlane.gateway.limits;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what was refused because of a limit. */
final class LimitMetrics {

    private LimitMetrics() {}

    static void count(MeterRegistry metrics, String limit) {
        Counter.builder("turnlane.limited")
                .description("Calls and frames refused, by the limit that they met")
                .tag("limit", limit)
                .register(metrics)
                .increment();
    }
}

package io.turnlane.gateway.guard.limits;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts the calls and frames that a limit rejects. */
final class LimitMetrics {

    private LimitMetrics() {}

    static void count(MeterRegistry metrics, String limit) {
        Counter.builder("turnlane.limited")
                .description("Calls and frames rejected by a limit, by limit")
                .tag("limit", limit)
                .register(metrics)
                .increment();
    }
}

package io.turnlane.gateway.turns.deliver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** Metrics of catch-ups. No tag contains a session or a user, so the number of time series is bounded. */
final class DeliveryMetrics {

    private final Timer catchUps;
    private final Counter gaps;

    DeliveryMetrics(MeterRegistry registry) {
        this.catchUps = Timer.builder("turnlane.catch.up")
                .description("Time from a client's resume until it receives live events")
                .register(registry);
        this.gaps = Counter.builder("turnlane.stream.gaps")
                .description("Resumes that received a snapshot because the missed events are deleted or too many")
                .register(registry);
    }

    void caughtUp(long nanos) {
        catchUps.record(nanos, TimeUnit.NANOSECONDS);
    }

    void gap() {
        gaps.increment();
    }
}

package io.turnlane.gateway.deliver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** What delivery counts; tags are bounded, never a session or a user. */
final class DeliveryMetrics {

    private final Timer catchUps;
    private final Counter gaps;

    DeliveryMetrics(MeterRegistry registry) {
        this.catchUps = Timer.builder("turnlane.catch.up")
                .description("From a client's resume to its first live event")
                .register(registry);
        this.gaps = Counter.builder("turnlane.stream.gaps")
                .description("Resumes that got a snapshot because their events are gone or too many")
                .register(registry);
    }

    void caughtUp(long nanos) {
        catchUps.record(nanos, TimeUnit.NANOSECONDS);
    }

    void gap() {
        gaps.increment();
    }
}

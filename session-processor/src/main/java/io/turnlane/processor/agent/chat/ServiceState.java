package io.turnlane.processor.agent.chat;

import io.turnlane.model.agent.ServiceLimits;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** State of a model of a service, which all agents of a processor that use the model share. Thread-safe. */
final class ServiceState {

    /** Time between two calls to a service that does not work. */
    private static final Duration BREAKER_PERIOD = Duration.ofSeconds(5);

    private final ServiceLimiter limiter;
    private final CircuitBreaker breaker = new CircuitBreaker(BREAKER_PERIOD);
    private final AtomicBoolean isEstimateReported = new AtomicBoolean();

    ServiceState(ServiceLimits limits) {
        this.limiter = new ServiceLimiter(limits);
    }

    ServiceLimiter limiter() {
        return limiter;
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    /** Returns true once, so that only one log message reports that the service sends no usage. */
    boolean firstEstimate() {
        return isEstimateReported.compareAndSet(false, true);
    }
}

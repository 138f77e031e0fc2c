package io.turnlane.gateway.guard.breaker;

import io.turnlane.gateway.problem.BreakerOpenException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Circuit breaker. After several consecutive calls without an answer, it rejects all calls to the backend until the
 * backend answers a probe.
 *
 * <p>Resilience4j's circuit breaker does not fit. Its half-open state uses calls as probes, so questions would wait for
 * the timeouts of failed probes. It also opens if the failure rate of a time window is too high, whereas this breaker
 * opens after a few consecutive failures. This breaker probes in the background: no caller waits for a probe, and the
 * breaker closes even if there are no calls.
 *
 * <p>Safe for use by any number of threads. The whole state is one immutable value that is replaced by compare-and-set.
 * The {@code era} increases each time the breaker closes. A failed call counts only if it began in the current era.
 */
public final class Breaker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);

    private final int maxFailures;
    private final Predicate<RuntimeException> isUnanswered;
    private final Runnable probe;
    private final Executor later;
    private final AtomicReference<BreakerState> state = new AtomicReference<>(new BreakerState(0, 0, false));
    private volatile boolean closed;

    private record BreakerState(long era, int failures, boolean open) {}

    /**
     * Creates a closed breaker.
     *
     * @param maxFailures consecutive failures after which the breaker opens
     * @param isUnanswered returns true for exceptions of calls that the backend did not answer; any other exception
     *     counts as an answer
     * @param probe calls the backend; throws if it does not answer
     * @param later runs a probe after a delay, on a thread that may block
     */
    public Breaker(int maxFailures, Predicate<RuntimeException> isUnanswered, Runnable probe, Executor later) {
        this.maxFailures = maxFailures;
        this.isUnanswered = isUnanswered;
        this.probe = probe;
        this.later = later;
    }

    /**
     * Makes the call if the breaker is closed.
     *
     * @throws BreakerOpenException at once if the breaker is open
     */
    public <T> T call(Supplier<T> call) {
        BreakerState before = state.get();
        if (before.open()) {
            throw new BreakerOpenException();
        }
        try {
            T result = call.get();
            onAnswer();
            return result;
        } catch (RuntimeException e) {
            if (isUnanswered.test(e)) {
                onFailure(before.era());
            } else {
                onAnswer();
            }
            throw e;
        }
    }

    /** Returns true if calls are currently rejected. */
    public boolean isOpen() {
        return state.get().open();
    }

    /**
     * Resets the number of failures unless the breaker is open. An answer to a call from before the breaker opened must
     * not close it.
     */
    private void onAnswer() {
        if (state.get().failures() > 0) {
            state.updateAndGet(now -> now.open() ? now : new BreakerState(now.era(), 0, false));
        }
    }

    private void onFailure(long era) {
        BreakerState before = state.getAndUpdate(now -> now.open() || now.era() != era ? now : withOneMoreFailure(now));
        if (!before.open() && before.era() == era && withOneMoreFailure(before).open()) {
            LOG.warn("Redis does not answer; sending no commands until it answers a probe");
            probeLater();
        }
    }

    private BreakerState withOneMoreFailure(BreakerState now) {
        int failures = now.failures() + 1;
        return new BreakerState(now.era(), failures, failures >= maxFailures);
    }

    private void probeLater() {
        later.execute(this::probe);
    }

    private void probe() {
        if (closed) {
            return;
        }
        try {
            probe.run();
        } catch (RuntimeException e) {
            LOG.debug("probe not answered: {}", e.toString());
            probeLater();
            return;
        }
        state.updateAndGet(now -> new BreakerState(now.era() + 1, 0, false));
        LOG.info("Redis answers again");
    }

    /** Stops probing. */
    @Override
    public void close() {
        closed = true;
    }
}

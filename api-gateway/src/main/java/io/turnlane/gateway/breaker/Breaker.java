package io.turnlane.gateway.breaker;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops asking a backend that fails to answer several times in a row, until it answers a probe.
 *
 * <p>Resilience4j's breaker was looked at and not taken. Its half-open state lets callers be the probes, so that a
 * question would wait for a timeout every time it tries; and it goes by rates over a window, where three silences in a
 * row are what counts here. Probes of its own run in the background, so that no caller ever waits for one and the
 * breaker closes without traffic.
 *
 * <p>Safe for use by any number of threads. All state is one immutable value that is replaced by compare and set. Each
 * closing begins a new {@code era}: a call that began in an earlier one and fails late opens nothing.
 */
public final class Breaker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);

    private final int mostFailures;
    private final Predicate<RuntimeException> silence;
    private final Runnable probe;
    private final Executor later;
    private final AtomicReference<BreakerState> state = new AtomicReference<>(new BreakerState(0, 0, false));
    private volatile boolean closed;

    private record BreakerState(long era, int failures, boolean open) {}

    /**
     * @param mostFailures in a row, after which it opens
     * @param silence whether an exception means that the backend gave no answer; any other is one
     * @param probe asks the backend; throws where it gives no answer
     * @param later runs a probe after a pause, on a thread that may block
     */
    public Breaker(int mostFailures, Predicate<RuntimeException> silence, Runnable probe, Executor later) {
        this.mostFailures = mostFailures;
        this.silence = silence;
        this.probe = probe;
        this.later = later;
    }

    /**
     * Makes the call, unless the backend is known not to answer.
     *
     * @throws BreakerOpenException at once, where it isn't made
     */
    public <T> T call(Supplier<T> call) {
        BreakerState before = state.get();
        if (before.open()) {
            throw new BreakerOpenException();
        }
        try {
            T result = call.get();
            answered();
            return result;
        } catch (RuntimeException e) {
            if (silence.test(e)) {
                silent(before.era());
            } else {
                answered();
            }
            throw e;
        }
    }

    /** Whether calls are refused at the moment. */
    public boolean isOpen() {
        return state.get().open();
    }

    /** A late answer to a call that began before it opened doesn't close it: the probe knows better. */
    private void answered() {
        if (state.get().failures() > 0) {
            state.updateAndGet(now -> now.open() ? now : new BreakerState(now.era(), 0, false));
        }
    }

    private void silent(long era) {
        BreakerState before = state.getAndUpdate(now -> now.open() || now.era() != era ? now : failedOnceMore(now));
        if (!before.open() && before.era() == era && failedOnceMore(before).open()) {
            LOG.atWarn().setMessage("memory doesn't answer, not asking it").log();
            probeLater();
        }
    }

    private BreakerState failedOnceMore(BreakerState now) {
        int failures = now.failures() + 1;
        return new BreakerState(now.era(), failures, failures >= mostFailures);
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
            LOG.debug("no answer yet: {}", e.toString());
            probeLater();
            return;
        }
        state.updateAndGet(now -> new BreakerState(now.era() + 1, 0, false));
        LOG.atInfo().setMessage("memory answers again").log();
    }

    /** Ends its probing. */
    @Override
    public void close() {
        closed = true;
    }
}

package io.turnlane.standalone.run;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.springframework.context.SmartLifecycle;

/**
 * The first of a context's parts to start: waits until the backends serve. So a context's beans are made while the
 * broker starts, and nothing talks to a broker that isn't there yet.
 */
final class StartGate implements SmartLifecycle {

    private final Future<?> backendsServe;

    StartGate(Future<?> backendsServe) {
        this.backendsServe = backendsServe;
    }

    @Override
    public void start() {
        try {
            backendsServe.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("The backends didn't start", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void stop() {}

    @Override
    public boolean isRunning() {
        return backendsServe.isDone();
    }

    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }
}

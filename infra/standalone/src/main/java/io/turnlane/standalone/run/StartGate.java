package io.turnlane.standalone.run;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.springframework.context.SmartLifecycle;

/**
 * Lifecycle bean that waits until the backends are ready. Its phase makes it the first lifecycle bean to start, after
 * Spring has created all beans. The beans are therefore created while the broker starts, but none of them connects
 * before the broker is ready.
 */
final class StartGate implements SmartLifecycle {

    private final Future<?> backendsReady;

    StartGate(Future<?> backendsReady) {
        this.backendsReady = backendsReady;
    }

    @Override
    public void start() {
        try {
            backendsReady.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka, Redis or another part of Turnlane did not start", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void stop() {}

    @Override
    public boolean isRunning() {
        return backendsReady.isDone();
    }

    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }
}

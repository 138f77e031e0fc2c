package io.turnlane.gateway.system;

import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.context.SmartLifecycle;

/** Runs an action when the application starts and one when it stops, in the order of {@link GatewayPhases}. */
final class PhasedLifecycle implements SmartLifecycle {

    private final int phase;
    private final Runnable onStart;
    private final Runnable onStop;
    private final AtomicBoolean running = new AtomicBoolean();

    PhasedLifecycle(int phase, Runnable onStart, Runnable onStop) {
        this.phase = phase;
        this.onStart = onStart;
        this.onStop = onStop;
    }

    @Override
    public void start() {
        if (running.compareAndSet(false, true)) {
            onStart.run();
        }
    }

    @Override
    public void stop() {
        if (running.compareAndSet(true, false)) {
            onStop.run();
        }
    }

    @Override
    public boolean isRunning() {
        return running.get();
    }

    @Override
    public int getPhase() {
        return phase;
    }
}

package io.turnlane.gateway.system;

import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Runs an action when the application starts and one when it stops.
 *
 * <p>The shutdown has four steps. First, all {@linkplain #ofClients clients} are asked to reconnect to another gateway.
 * Without this step, an open stream would block the graceful shutdown of the web server until its timeout, and a
 * WebSocket would end without a close frame. Second, the web server finishes the calls in progress. Third, the
 * {@linkplain #ofFollower followers} of topics stop. They run until then, because calls in progress may wait for
 * events. Last, Redis and the Kafka producer stop.
 */
public final class PhasedLifecycle implements SmartLifecycle {

    private static final int CLIENTS = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 512;
    private static final int FOLLOWER = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1024;

    private final int phase;
    private final Runnable onStart;
    private final Runnable onStop;
    private final AtomicBoolean running = new AtomicBoolean();

    private PhasedLifecycle(int phase, Runnable onStart, Runnable onStop) {
        this.phase = phase;
        this.onStart = onStart;
        this.onStop = onStop;
    }

    /** Returns the lifecycle of clients, which are disconnected before the web server stops. */
    public static PhasedLifecycle ofClients(Runnable disconnect) {
        return new PhasedLifecycle(CLIENTS, () -> {}, disconnect);
    }

    /**
     * Returns the lifecycle of a follower of a topic. It starts before the web server accepts its first call, and stops
     * after the web server.
     */
    public static PhasedLifecycle ofFollower(Runnable start, Runnable stop) {
        return new PhasedLifecycle(FOLLOWER, start, stop);
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

package io.turnlane.standalone.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what was started, the last first, once: when {@link #close} is called, or on SIGTERM and Ctrl-C.
 *
 * <p>Any thread may call any method; {@code this} guards the stack, and is held while things close, so that a second
 * caller returns when all is closed.
 */
public final class OrderedShutdown implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OrderedShutdown.class);

    private final Deque<ShutdownStep> steps = new ArrayDeque<>();
    private final Runnable announce;
    private final CountDownLatch signalled = new CountDownLatch(1);
    private boolean closed;

    private record ShutdownStep(String name, AutoCloseable close) {}

    /** @param announce called before anything is closed because of a signal */
    public OrderedShutdown(Runnable announce) {
        this.announce = announce;
        Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "clean-stop"));
    }

    /** Closes this too when it stops. What comes after the stop is closed at once. */
    public synchronized <T extends AutoCloseable> T add(String name, T part) {
        ShutdownStep step = new ShutdownStep(name, part);
        if (closed) {
            close(step);
        } else {
            steps.push(step);
        }
        return part;
    }

    /** Waits for a signal, for ever; the process then ends with exit code 0 once all is closed. */
    public void awaitSignal() throws InterruptedException {
        signalled.await();
    }

    private void onSignal() {
        if (isClosed()) {
            return;
        }
        announce.run();
        close();
        // A stop that was asked for is a success, whatever the signal: without this the JVM would end with 130 or 143.
        Runtime.getRuntime().halt(0);
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!steps.isEmpty()) {
            close(steps.pop());
        }
    }

    private static void close(ShutdownStep step) {
        long begun = System.nanoTime();
        try {
            step.close().close();
            log.atInfo()
                    .addKeyValue("part", step.name())
                    .addKeyValue("millis", (System.nanoTime() - begun) / 1_000_000)
                    .log("stopped");
        } catch (Exception e) {
            log.atWarn().setCause(e).addKeyValue("part", step.name()).log("didn't stop cleanly");
        }
    }
}

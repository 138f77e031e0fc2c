package io.turnlane.standalone.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the started parts in reverse order when {@link #close} is called, or on SIGTERM or Ctrl-C. Each part is closed
 * only once.
 *
 * <p>Thread-safe. The lock on {@code this} guards the stack. {@link #close} holds the lock while it closes the parts,
 * so a second caller returns only after all parts are closed.
 */
public final class OrderedShutdown implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OrderedShutdown.class);

    private final Deque<ShutdownStep> steps = new ArrayDeque<>();
    private final Runnable announce;
    private final CountDownLatch signalled = new CountDownLatch(1);
    private boolean closed;

    private record ShutdownStep(String name, AutoCloseable close) {}

    /**
     * Registers a shutdown hook.
     *
     * @param announce called when a signal arrives, before any part is closed
     */
    public OrderedShutdown(Runnable announce) {
        this.announce = announce;
        Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "clean-stop"));
    }

    /** Adds a part to be closed, and returns it. If the shutdown has already run, closes the part immediately. */
    public synchronized <T extends AutoCloseable> T add(String name, T part) {
        ShutdownStep step = new ShutdownStep(name, part);
        if (closed) {
            close(step);
        } else {
            steps.push(step);
        }
        return part;
    }

    /** Blocks the calling thread until a signal has closed all parts and ended the process with exit code 0. */
    public void awaitSignal() throws InterruptedException {
        signalled.await();
    }

    private void onSignal() {
        if (isClosed()) {
            return;
        }
        announce.run();
        close();
        // A requested stop is a success. Without this call, the JVM would end with exit code 130 or 143, depending on
        // the signal.
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
        long start = System.nanoTime();
        try {
            step.close().close();
            log.atInfo()
                    .addKeyValue("part", step.name())
                    .addKeyValue("millis", (System.nanoTime() - start) / 1_000_000)
                    .log("part stopped");
        } catch (Exception e) {
            log.atWarn().setCause(e).addKeyValue("part", step.name()).log("part failed to stop cleanly");
        }
    }
}

package io.turnlane.standalone.replay;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Handles Ctrl-C and SIGTERM while this object is open: calls an action, gives the command time to write its files, and
 * ends the process. Thread-safe.
 */
final class StopSignal implements AutoCloseable {

    /** Maximum time for the files. */
    private static final int MAX_WAIT_S = 60;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook;

    /**
     * @param stop called when the signal arrives
     * @param exitCode exit code of the process after a signal
     */
    StopSignal(Runnable stop, int exitCode) {
        hook = new Thread(
                () -> {
                    stop.run();
                    awaitClosed();
                    Runtime.getRuntime().halt(exitCode); // otherwise the JVM would end with 130 or 143
                },
                "replay-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void awaitClosed() {
        try {
            var _ = closed.await(MAX_WAIT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            var _ = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the signal has arrived, and the hook ends the process
        }
    }
}

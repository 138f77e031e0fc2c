package io.turnlane.backends;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restarts child processes that end unexpectedly. The first restart is immediate. The delay before each later restart
 * doubles, up to ten seconds. After a child has run for a minute, its next restart is again immediate. The number of
 * restarts is not limited, because the cause can last for hours, for example a full disk.
 *
 * <p>Each child has its own virtual thread. Must be closed before the children are stopped. Any thread may close it.
 */
final class Supervisor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Supervisor.class);
    private static final Duration FIRST_DELAY = Duration.ofMillis(250);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);
    private static final Duration STEADY = Duration.ofMinutes(1);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Restarts this child, which is running now, whenever it ends. */
    void keepRunning(ChildProcess child) {
        threads.execute(() -> {
            try {
                supervise(child);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // closed
            }
        });
    }

    private static void supervise(ChildProcess child) throws InterruptedException {
        Duration delay = Duration.ZERO;
        while (true) {
            long running = System.nanoTime();
            awaitExit(child);
            if (System.nanoTime() - running > STEADY.toNanos()) {
                delay = Duration.ZERO;
            }
            log.atWarn()
                    .addKeyValue("program", child.name())
                    .addKeyValue("pause", delay)
                    .log("program ended unexpectedly; it is restarted");
            Thread.sleep(delay);
            delay = nextDelay(delay);
            restart(child);
        }
    }

    private static void awaitExit(ChildProcess child) throws InterruptedException {
        try {
            child.onExit().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void restart(ChildProcess child) throws InterruptedException {
        try {
            child.start();
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("program", child.name())
                    .addKeyValue("reason", e.getMessage())
                    .log("program could not be restarted");
        }
    }

    static Duration nextDelay(Duration delay) {
        if (delay.isZero()) {
            return FIRST_DELAY;
        }
        Duration doubled = delay.multipliedBy(2);
        return doubled.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : doubled;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}

package io.turnlane.backends;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts children again that end unasked: at once, then after pauses that double up to ten seconds, for as long as it
 * takes (a full disk may be full for hours). A child that lasted a minute starts over with no pause.
 *
 * <p>Each child has its own virtual thread. Close it before the children are stopped, from any thread.
 */
final class Supervisor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Supervisor.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration STEADY = Duration.ofMinutes(1);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Looks after a child that runs. */
    void keepRunning(ChildProcess child) {
        threads.execute(() -> {
            try {
                lookAfter(child);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // closed
            }
        });
    }

    private static void lookAfter(ChildProcess child) throws InterruptedException {
        Duration pause = Duration.ZERO;
        while (true) {
            long running = System.nanoTime();
            awaitExit(child);
            if (System.nanoTime() - running > STEADY.toNanos()) {
                pause = Duration.ZERO;
            }
            log.atWarn()
                    .addKeyValue("program", child.name())
                    .addKeyValue("pause", pause)
                    .log("ended unasked, is started again");
            Thread.sleep(pause);
            pause = nextPause(pause);
            startAgain(child);
        }
    }

    private static void awaitExit(ChildProcess child) throws InterruptedException {
        try {
            child.onExit().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void startAgain(ChildProcess child) throws InterruptedException {
        try {
            child.start();
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("program", child.name())
                    .addKeyValue("reason", e.getMessage())
                    .log("didn't start");
        }
    }

    static Duration nextPause(Duration pause) {
        if (pause.isZero()) {
            return FIRST_PAUSE;
        }
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}

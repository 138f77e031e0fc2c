package io.turnlane.gateway.system.health;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs health checks that can block. Gives up after a short time, because health probes (for example of Kubernetes)
 * time out after a second.
 */
final class TimedCheck {

    private TimedCheck() {}

    /** Returns the result of the check, or {@code otherwise} if it throws or does not return in time. */
    static <T> T run(String name, Duration timeout, Callable<T> check, T otherwise) {
        FutureTask<T> task = new FutureTask<>(check);
        Thread.ofVirtual().name(name).start(task);
        try {
            return task.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException away) {
            return otherwise;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise;
        }
    }
}

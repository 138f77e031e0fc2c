package io.turnlane.processor.system;

import io.turnlane.processor.lane.Delay;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Runs delayed tasks on one platform thread. A cancelled task is removed from the queue immediately. Safe for use by
 * multiple threads.
 */
@Component
final class ScheduledDelay implements Delay, AutoCloseable {

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("turnlane-delay").factory());

    ScheduledDelay() {
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        // The timer's thread sleeps until the first task is due. This task is always due soon. A turn's time limit,
        // which is due much later and nearly always cancelled, therefore does not wake the thread.
        var _ = timer.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.SECONDS);
    }

    @Override
    public Cancellation after(Duration time, Runnable task) {
        ScheduledFuture<?> scheduled = timer.schedule(task, time.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override
    public void close() {
        timer.shutdown();
    }
}

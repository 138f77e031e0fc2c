package io.turnlane.processor.lane;

import java.time.Duration;

/** Runs tasks after a given time. Tests use an implementation with a simulated clock. */
@FunctionalInterface
public interface Delay {

    /**
     * Runs the task once after the given time, unless the task is cancelled before. The task must be short, because all
     * delayed tasks may share one thread.
     *
     * @return a handle that cancels the task
     */
    Cancellation after(Duration time, Runnable task);

    /** Handle that cancels a delayed task. */
    @FunctionalInterface
    interface Cancellation {

        /** Cancels the task. Does nothing if it has already run. */
        void cancel();
    }
}

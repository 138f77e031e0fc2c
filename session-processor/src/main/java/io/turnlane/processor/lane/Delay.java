package io.turnlane.processor.lane;

import java.time.Duration;

/** Runs something later; tests move its time by hand. */
@FunctionalInterface
public interface Delay {

    /**
     * Runs the task once, after this time, unless cancelled before. The task must be short: it may run on a thread that
     * all delays share.
     */
    Cancellation after(Duration time, Runnable task);

    /** Takes a delayed task back. */
    @FunctionalInterface
    interface Cancellation {

        /** Does nothing where the task ran already. */
        void cancel();
    }
}

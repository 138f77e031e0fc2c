package io.turnlane.chaos.simulation;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Virtual thread of one strand. Runs only between {@link #resumeStrand} and {@link #suspendStrand}, while the thread
 * that resumed it waits. The driver must be a virtual thread, too: the switch then needs no other operating system
 * thread.
 */
final class StrandThread {

    private final Thread thread;
    private volatile boolean running;
    private volatile @Nullable Thread driver;
    private volatile boolean interrupted;

    StrandThread(Runnable code) {
        thread = Thread.ofVirtual().name("simulated-strand").unstarted(() -> {
            code.run();
            pass();
        });
    }

    /** Lets the strand run until it suspends itself or ends. */
    void resumeStrand() {
        driver = Thread.currentThread();
        running = true;
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        } else {
            LockSupport.unpark(thread);
        }
        while (running) {
            LockSupport.park(this);
        }
    }

    /** Suspends the calling strand until {@link #resumeStrand} is called. Keeps an interrupt for later. */
    void suspendStrand() {
        pass();
        while (!running) {
            LockSupport.park(this);
            if (thread.isInterrupted()) { // otherwise the thread could not park again
                interrupted = true;
                var _ = Thread.interrupted();
            }
        }
    }

    private void pass() {
        Thread resumer = driver;
        running = false;
        LockSupport.unpark(resumer);
    }

    boolean isInterrupted() {
        return interrupted || thread.isInterrupted();
    }

    /** Returns true if the calling strand was interrupted, and clears the interrupt. */
    boolean clearInterrupt() {
        boolean was = Thread.interrupted() || interrupted;
        interrupted = false;
        return was;
    }
}

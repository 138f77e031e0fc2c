package io.turnlane.processor.agent.chat;

import io.turnlane.processor.agent.http.Deadline;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stops calls to a service that does not work. After {@value #FAILURES} consecutive failures, the breaker is open and
 * allows one call in each period. A success closes it. Thread-safe.
 */
final class CircuitBreaker {

    private static final int FAILURES = 5;

    private final long periodNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closed = lock.newCondition();
    private int failures;
    private long nextNanos;

    /** @param period time between two calls while the breaker is open */
    CircuitBreaker(Duration period) {
        this.periodNanos = period.toNanos();
    }

    /** Returns true if recent calls failed, so that only one call is allowed in each period. */
    boolean isOpen() {
        lock.lock();
        try {
            return failures >= FAILURES;
        } finally {
            lock.unlock();
        }
    }

    /** Returns true if a call is allowed now. */
    boolean tryCall() {
        lock.lock();
        try {
            if (failures < FAILURES) {
                return true;
            }
            long now = System.nanoTime();
            if (now - nextNanos < 0) {
                return false;
            }
            nextNanos = now + periodNanos;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a call is allowed. Returns false if none is allowed before the deadline. */
    boolean awaitCall(Deadline deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!tryCall()) {
                long left = deadline.nanosLeft();
                if (left <= 0) {
                    return false;
                }
                long _ = closed.awaitNanos(Math.min(left, nextNanos - System.nanoTime()));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void succeeded() {
        lock.lock();
        try {
            failures = 0;
            closed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Counts a failure. Returns true if this failure opens the breaker. */
    boolean failed() {
        lock.lock();
        try {
            failures = Math.min(failures + 1, FAILURES + 1);
            if (failures == FAILURES) {
                nextNanos = System.nanoTime() + periodNanos;
            }
            return failures == FAILURES;
        } finally {
            lock.unlock();
        }
    }
}

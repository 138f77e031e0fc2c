package io.turnlane.processor.agent.chat;

import io.turnlane.model.agent.ServiceLimits;
import io.turnlane.processor.agent.http.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Delays the calls to one service until its limits allow them, in the order of their arrival. Thread-safe. The limits
 * can change while calls run.
 */
final class ServiceLimiter {

    private final Concurrency concurrency;

    /** Held by the call that starts next, while it waits for its time. */
    private final ReentrantLock next = new ReentrantLock(true);

    private final AtomicLong earliestStart = new AtomicLong(System.nanoTime());
    private final TokenWindow tokens = new TokenWindow();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile ServiceLimits limits;

    ServiceLimiter(ServiceLimits limits) {
        this.limits = limits;
        this.concurrency = new Concurrency(limits.concurrent());
    }

    /** Semaphore whose number of permits can change. */
    private static final class Concurrency extends Semaphore {

        private Concurrency(int permits) {
            super(permits, true);
        }

        private void add(int permits) {
            if (permits > 0) {
                release(permits);
            } else {
                reducePermits(-permits);
            }
        }
    }

    /** Right to make one call, from its start to its end. */
    final class Permit implements AutoCloseable {

        private final TokenWindow.@Nullable Spending spending;

        private Permit(TokenWindow.@Nullable Spending spending) {
            this.spending = spending;
        }

        /** Replaces the estimate of the call's tokens. */
        void used(long callTokens) {
            if (spending != null) {
                tokens.correct(spending, callTokens);
            }
        }

        @Override
        public void close() {
            concurrency.release();
        }
    }

    synchronized void configure(ServiceLimits newLimits) {
        concurrency.add(newLimits.concurrent() - limits.concurrent());
        limits = newLimits;
    }

    /**
     * Returns true if a call that arrives now probably waits for at least this time.
     *
     * @param callTokens estimate of the call's tokens
     */
    boolean delays(long callTokens, Duration wait) {
        return concurrency.availablePermits() <= 0 || nanosUntilStart(callTokens) >= wait.toNanos();
    }

    /**
     * Waits until the limits allow a call.
     *
     * @param callTokens estimate of the call's tokens
     * @return empty if they do not allow it before the deadline
     */
    Optional<Permit> acquire(long callTokens, Deadline deadline) throws InterruptedException {
        waiting.incrementAndGet();
        try {
            return acquireInOrder(callTokens, deadline);
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** Returns the maximum number of concurrent calls. */
    int permits() {
        return limits.concurrent();
    }

    /** Returns the number of calls that the limit of concurrent calls still allows. */
    int free() {
        return Math.max(0, concurrency.availablePermits());
    }

    /** Returns the number of calls that wait until the limits allow them. */
    int waiting() {
        return waiting.get();
    }

    /** Returns the time until the next call may start, without regard to the limit of tokens. */
    Duration pausedFor() {
        return Duration.ofNanos(Math.max(0, earliestStart.get() - System.nanoTime()));
    }

    private Optional<Permit> acquireInOrder(long callTokens, Deadline deadline) throws InterruptedException {
        if (!concurrency.tryAcquire(deadline.nanosLeft(), TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        boolean isAcquired = false;
        try {
            Optional<Permit> permit = start(callTokens, deadline);
            isAcquired = permit.isPresent();
            return permit;
        } finally {
            if (!isAcquired) {
                concurrency.release();
            }
        }
    }

    private Optional<Permit> start(long callTokens, Deadline deadline) throws InterruptedException {
        if (!next.tryLock(deadline.nanosLeft(), TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        try {
            for (long wait = nanosUntilStart(callTokens); wait > 0; wait = nanosUntilStart(callTokens)) {
                if (wait > deadline.nanosLeft()) {
                    return Optional.empty();
                }
                TimeUnit.NANOSECONDS.sleep(wait);
            }
            ServiceLimits now = limits;
            if (now.requestsPerSecond() > 0) {
                pause(Duration.ofNanos((long) (1e9 / now.requestsPerSecond())));
            }
            return Optional.of(new Permit(now.tokensPerMinute() > 0 ? tokens.add(callTokens) : null));
        } finally {
            next.unlock();
        }
    }

    private long nanosUntilStart(long callTokens) {
        long limit = limits.tokensPerMinute();
        return Math.max(
                earliestStart.get() - System.nanoTime(), limit > 0 ? tokens.nanosUntilRoom(callTokens, limit) : 0);
    }

    /** Starts no call until this time has passed. Does not shorten an earlier pause. */
    void pause(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        earliestStart.updateAndGet(earliest -> end - earliest > 0 ? end : earliest);
    }
}

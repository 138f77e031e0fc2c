package io.turnlane.processor.replay;

import io.turnlane.model.SessionKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks: those of one session one after another, in the order of their submission, and those of different sessions
 * at the same time. Thread-safe; the monitor of this object guards the queues.
 */
final class SessionTasks {

    private final Map<SessionKey, Deque<Runnable>> queues = new HashMap<>();
    private final Executor threads;
    private final Semaphore running;
    private final Semaphore outstanding;
    private final int maxOutstanding;

    /**
     * @param threads starts a thread that may block, for each session with tasks
     * @param parallel maximum number of tasks that run at the same time
     * @param maxOutstanding maximum number of tasks that run or wait
     */
    SessionTasks(Executor threads, int parallel, int maxOutstanding) {
        this.threads = threads;
        this.running = new Semaphore(parallel);
        this.outstanding = new Semaphore(maxOutstanding);
        this.maxOutstanding = maxOutstanding;
    }

    /**
     * Adds a task. Blocks while the maximum number of tasks is outstanding.
     *
     * @param task must not throw
     */
    void submit(SessionKey session, Runnable task) {
        outstanding.acquireUninterruptibly();
        if (enqueue(session, task)) {
            threads.execute(() -> drain(session));
        }
    }

    /** Returns true if the session had no tasks, so that the caller must start a thread for it. */
    private synchronized boolean enqueue(SessionKey session, Runnable task) {
        Deque<Runnable> queue = queues.get(session);
        if (queue == null) {
            queues.put(session, new ArrayDeque<>(List.of(task)));
            return true;
        }
        queue.addLast(task);
        return false;
    }

    private void drain(SessionKey session) {
        for (Runnable task = next(session); task != null; task = next(session)) {
            running.acquireUninterruptibly();
            try {
                task.run();
            } finally {
                running.release();
                outstanding.release();
            }
        }
    }

    private synchronized @Nullable Runnable next(SessionKey session) {
        Deque<Runnable> queue = queues.get(session);
        Runnable next = queue == null ? null : queue.pollFirst();
        if (next == null) {
            queues.remove(session);
        }
        return next;
    }

    /** Returns the number of tasks that run or wait. */
    int outstanding() {
        return maxOutstanding - outstanding.availablePermits();
    }

    /**
     * Waits until all tasks have ended. Must be called after the last {@link #submit}.
     *
     * @return false if tasks are left after this time
     */
    boolean awaitEnd(int millis) throws InterruptedException {
        boolean ended = outstanding.tryAcquire(maxOutstanding, millis, TimeUnit.MILLISECONDS);
        if (ended) {
            outstanding.release(maxOutstanding);
        }
        return ended;
    }
}

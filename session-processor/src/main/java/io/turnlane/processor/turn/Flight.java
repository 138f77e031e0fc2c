package io.turnlane.processor.turn;

import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One run of one turn, and the only place where its thread may be interrupted: while the agent works, and never while
 * memory is written or events are told.
 *
 * <p>Threading: the lane's thread enters and leaves the agent's section; any thread may stop the flight. One lock
 * guards both, so that an interrupt reaches the agent or nobody.
 */
final class Flight {

    /** Why a flight is stopped. */
    enum Stop {
        /** The partition left, or the processor stops: somebody else takes the turn up. */
        RELEASED,
        /** The agent took too long. */
        TIMEOUT,
        /** The agent says more than an answer may hold. */
        TOO_LARGE
    }

    private enum Section {
        BEFORE,
        AGENT,
        AFTER
    }

    private final String id = UUID.randomUUID().toString();
    private final Turn turn;
    private final ReentrantLock lock = new ReentrantLock();
    private Section section = Section.BEFORE;
    private @Nullable Thread thread;
    private @Nullable Stop stop;

    Flight(Turn turn) {
        this.turn = turn;
    }

    String id() {
        return id;
    }

    Turn turn() {
        return turn;
    }

    /** The calling thread is about to call the agent; false where the flight was stopped before. */
    boolean enterAgent() {
        lock.lock();
        try {
            if (stop != null) {
                return false;
            }
            section = Section.AGENT;
            thread = Thread.currentThread();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The agent's call has ended; from here on nobody interrupts, and an interrupt that came too late is gone. */
    void leaveAgent() {
        lock.lock();
        try {
            section = Section.AFTER;
            thread = null;
            var _ = Thread.interrupted();
        } finally {
            lock.unlock();
        }
    }

    /** Stops the flight unless it is past its agent; the first reason stays. */
    void stop(Stop reason) {
        lock.lock();
        try {
            if (section == Section.AFTER || stop != null) {
                return;
            }
            stop = reason;
            if (thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Stop stopped() {
        lock.lock();
        try {
            return stop;
        } finally {
            lock.unlock();
        }
    }

    boolean pastAgent() {
        lock.lock();
        try {
            return section == Section.AFTER;
        } finally {
            lock.unlock();
        }
    }
}

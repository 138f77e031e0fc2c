package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.Delay.Cancellation;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One run of one turn. Its agent works on a thread of its own, and that is the only thread that is ever interrupted:
 * memory is written and events are told by the lane's thread, which waits for the agent's answer meanwhile.
 *
 * <p>An agent that ignores its interrupt is abandoned after a grace: the lane goes on as if it had failed, and whatever
 * it says later nobody hears.
 *
 * <p>Threading: the lane's thread {@linkplain #enterAgent enters} and {@linkplain #callAgent asks}; any thread may stop
 * the flight. One lock guards section, thread and stop, so that an interrupt reaches the agent or nobody.
 */
final class Flight {

    /** Why a flight is stopped. */
    enum StopReason {
        /** The partition left and the handover is over, or the processor stops: somebody else takes the turn up. */
        RELEASED,
        /** The agent took too long. */
        TIMEOUT,
        /** Nobody wants the answer any more. */
        CANCELLED,
        /** The turn's deadline passed. */
        DEADLINE,
        /** The agent says more than an answer may hold. */
        TOO_LARGE
    }

    private enum Section {
        BEFORE,
        AGENT,
        AFTER
    }

    /** The agent went on after its interrupt for as long as it may. */
    static final class AgentAbandonedException extends Exception {
        AgentAbandonedException() {
            super("the agent ignored its interrupt");
        }
    }

    private final String id = UUID.randomUUID().toString();
    private final Turn turn;
    private final Delay delay;
    private final Duration grace;
    private final AtomicInteger abandoned;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private Section section = Section.BEFORE;
    private @Nullable Thread thread;
    private @Nullable StopReason stop;
    private @Nullable Cancellation abandonment;
    private @Nullable Cancellation departure;
    private @Nullable Cancellation handover;
    private boolean counted;

    /**
     * @param grace how long an agent may go on after its interrupt
     * @param abandoned counts agents that still run though nobody waits for them
     */
    Flight(Turn turn, Delay delay, Duration grace, AtomicInteger abandoned) {
        this.turn = turn;
        this.delay = delay;
        this.grace = grace;
        this.abandoned = abandoned;
    }

    String id() {
        return id;
    }

    Turn turn() {
        return turn;
    }

    /** The agent is about to be called; false where the flight was stopped before. */
    boolean enterAgent() {
        lock.lock();
        try {
            if (stop != null) {
                return false;
            }
            section = Section.AGENT;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Calls the agent on a thread of the executor and waits for its answer.
     *
     * @throws AgentAbandonedException where it was stopped and didn't end in time
     * @throws Exception what the agent threw
     */
    Answer callAgent(Executor executor, Callable<Answer> agent) throws Exception {
        executor.execute(() -> call(agent));
        try {
            return answer.get(); // on the lane's thread, which nobody interrupts
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        } finally {
            leaveAgent();
        }
    }

    private void call(Callable<Answer> agent) {
        enterThread();
        try {
            if (!answer.isDone()) { // abandoned before this thread came up
                answer.complete(agent.call());
            }
        } catch (Throwable e) {
            answer.completeExceptionally(e);
        } finally {
            leaveThread();
        }
    }

    private void enterThread() {
        lock.lock();
        try {
            thread = Thread.currentThread();
            if (stop != null) {
                thread.interrupt(); // stopped while this thread came up
            }
        } finally {
            lock.unlock();
        }
    }

    private void leaveThread() {
        lock.lock();
        try {
            thread = null;
            var _ = Thread.interrupted();
            if (counted) {
                abandoned.decrementAndGet();
            }
        } finally {
            lock.unlock();
        }
    }

    private void leaveAgent() {
        lock.lock();
        try {
            section = Section.AFTER;
            if (abandonment != null) {
                abandonment.cancel();
            }
            if (departure != null) {
                departure.cancel();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Stops the flight unless it is past its agent; the first reason stays. */
    void stop(StopReason reason) {
        lock.lock();
        try {
            if (section == Section.AFTER || stop != null) {
                return;
            }
            stop = reason;
            if (section == Section.AGENT) {
                abandonment = delay.after(grace, this::abandon);
            }
            if (thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Its partition leaves: its agent may work on for a while, if it does; else the flight is stopped now, unless it is
     * past its agent. One that has called its agent has the whole handover to tell memory what came of it.
     *
     * @param agent how long its agent may go on
     * @param whole how long the handover takes
     * @return whether its agent goes on
     */
    boolean startHandover(Duration agent, Duration whole) {
        lock.lock();
        try {
            if (section != Section.BEFORE) {
                handover = delay.after(whole, this::endHandover);
            }
            if (section == Section.AGENT && stop == null) {
                departure = delay.after(agent, () -> stop(StopReason.RELEASED));
                return true;
            }
            stop(StopReason.RELEASED);
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void endHandover() {
        lock.lock();
        try {
            if (handover != null) {
                handover.cancel();
                handover = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether its turn is still its own to end, though its partition left. */
    boolean inHandover() {
        lock.lock();
        try {
            return handover != null;
        } finally {
            lock.unlock();
        }
    }

    /** It has ended, in memory and for its clients. */
    void close() {
        endHandover();
    }

    private void abandon() {
        lock.lock();
        try {
            if (answer.completeExceptionally(new AgentAbandonedException()) && thread != null) {
                counted = true;
                abandoned.incrementAndGet();
            }
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    StopReason stopReason() {
        lock.lock();
        try {
            return stop;
        } finally {
            lock.unlock();
        }
    }

    boolean isCancelled() {
        return stopReason() == StopReason.CANCELLED;
    }

    boolean isPastAgent() {
        lock.lock();
        try {
            return section == Section.AFTER;
        } finally {
            lock.unlock();
        }
    }
}

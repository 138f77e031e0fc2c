package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.Delay.Cancellation;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.trace.TraceSpan;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a turn in this processor. A turn that is retried or redelivered has several flights. Memory
 * distinguishes flights by their random ids.
 *
 * <p>The agent runs on a thread of its own, the only thread that is ever interrupted. The lane thread waits for the
 * answer. It also writes to memory and publishes the events that end an attempt or the turn. An agent that answers at
 * once runs on the lane thread.
 *
 * <p>If the agent does not end within a grace period after its interrupt, it is abandoned: the lane continues as if the
 * agent had failed, and all later output of the agent is discarded.
 *
 * <p>Threading: the lane thread calls {@link #enterAgent}, {@link #callAgent} and {@link #callAgentHere}. Any thread
 * may stop the flight. This object's monitor guards the agent's thread, the stop reason, and the section in which the
 * flight is: before, in or after the agent's call. An interrupt therefore never reaches code outside the agent's call.
 */
final class Flight {

    enum StopReason {
        /**
         * The partition left and its handover has ended, or the processor stops. Another flight runs the turn later.
         */
        RELEASED,
        /** The agent exceeded its time limit. */
        TIMEOUT,
        CANCELLED,
        DEADLINE,
        TOO_LARGE
    }

    private enum Section {
        BEFORE,
        AGENT,
        AFTER
    }

    /** Thrown if the agent has not ended within the grace period after its interrupt. */
    static final class AgentAbandonedException extends Exception {
        AgentAbandonedException() {
            super("the agent did not stop after its interrupt");
        }
    }

    private final String id = UUID.randomUUID().toString();
    private final long number;
    private final Turn turn;
    private final Delay delay;
    private final Duration grace;
    private final AtomicInteger abandoned;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private Section section = Section.BEFORE;
    private @Nullable Thread agentThread;
    private @Nullable StopReason stop;
    private @Nullable Cancellation abandonment;
    private @Nullable Cancellation agentDeadline;
    private @Nullable Cancellation handover;
    private boolean countedAsAbandoned;
    private volatile TraceSpan trace = TraceSpan.NONE;

    /**
     * @param number number of this flight in its processor; flights are stopped in the order of their numbers
     * @param delay timer for the ends of the grace period and of the handover
     * @param grace maximum time for which an agent may run after its interrupt
     * @param abandoned counter of abandoned agents that are still running
     */
    Flight(long number, Turn turn, Delay delay, Duration grace, AtomicInteger abandoned) {
        this.number = number;
        this.turn = turn;
        this.delay = delay;
        this.grace = grace;
        this.abandoned = abandoned;
    }

    String id() {
        return id;
    }

    long number() {
        return number;
    }

    Turn turn() {
        return turn;
    }

    /** Returns the span of the attempt that this flight runs. */
    TraceSpan trace() {
        return trace;
    }

    void trace(TraceSpan span) {
        trace = span;
    }

    /** Returns the reference to this flight for memory, with the current fence. */
    FlightRef ref() {
        return turn.flightRef(id);
    }

    /**
     * Enters the section in which the agent is called and may be interrupted.
     *
     * @return false if the flight was stopped before, in which case the caller must not call the agent
     */
    synchronized boolean enterAgent() {
        if (stop != null) {
            return false;
        }
        section = Section.AGENT;
        return true;
    }

    /**
     * Calls the agent on a thread of the executor and waits for its answer.
     *
     * @throws AgentAbandonedException if the agent was interrupted and did not end in time
     * @throws Exception any exception that the agent threw
     */
    Answer callAgent(Executor executor, Callable<Answer> agent) throws Exception {
        executor.execute(() -> call(agent));
        try {
            return answer.get(); // on the lane thread, which is never interrupted
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

    /**
     * Calls the agent on the calling thread. A stop of the flight does not interrupt the agent.
     *
     * @throws Exception any exception that the agent threw
     */
    Answer callAgentHere(Callable<Answer> agent) throws Exception {
        try {
            return agent.call();
        } finally {
            var _ = Thread.interrupted(); // an interrupt by the agent itself must not reach later steps
            leaveAgent();
        }
    }

    private void call(Callable<Answer> agent) {
        enterThread();
        try {
            if (!answer.isDone()) { // otherwise the agent was abandoned before this thread started
                answer.complete(agent.call());
            }
        } catch (Throwable e) {
            answer.completeExceptionally(e);
        } finally {
            leaveThread();
        }
    }

    private synchronized void enterThread() {
        agentThread = Thread.currentThread();
        if (stop != null) {
            agentThread.interrupt(); // the flight was stopped before this thread started
        }
    }

    private synchronized void leaveThread() {
        agentThread = null;
        var _ = Thread.interrupted();
        if (countedAsAbandoned) {
            abandoned.decrementAndGet();
        }
    }

    private synchronized void leaveAgent() {
        section = Section.AFTER;
        if (abandonment != null) {
            abandonment.cancel();
        }
        if (agentDeadline != null) {
            agentDeadline.cancel();
        }
    }

    /**
     * Stops the flight for the given reason and interrupts its agent. Does nothing if the agent has already ended, or
     * if the flight was already stopped.
     */
    synchronized void stop(StopReason reason) {
        if (section == Section.AFTER || stop != null) {
            return;
        }
        stop = reason;
        if (section == Section.AGENT) {
            abandonment = delay.after(grace, this::abandon);
        }
        if (agentThread != null) {
            agentThread.interrupt();
        }
    }

    /**
     * Starts the handover: the bounded time for which the flight may continue after its partition has left. If the
     * flight has not called its agent yet, it is stopped. If the agent is working, it may continue for
     * {@code agentTime}. The flight may then store and publish the result until {@code handoverTime} has passed.
     *
     * @param agentTime time for which the agent may continue
     * @param handoverTime time of the whole handover
     * @return true if the agent is working and continues
     */
    synchronized boolean startHandover(Duration agentTime, Duration handoverTime) {
        if (section != Section.BEFORE) {
            handover = delay.after(handoverTime, this::endHandover);
        }
        if (section == Section.AGENT && stop == null) {
            agentDeadline = delay.after(agentTime, () -> stop(StopReason.RELEASED));
            return true;
        }
        stop(StopReason.RELEASED);
        return false;
    }

    private synchronized void endHandover() {
        if (handover != null) {
            handover.cancel();
            handover = null;
        }
    }

    /** Returns true if the partition has left but the flight is still allowed to end its turn. */
    synchronized boolean inHandover() {
        return handover != null;
    }

    /** Ends the flight. Called after its result has been stored and published, or after the turn has been released. */
    void close() {
        endHandover();
    }

    private synchronized void abandon() {
        if (answer.completeExceptionally(new AgentAbandonedException()) && agentThread != null) {
            countedAsAbandoned = true;
            abandoned.incrementAndGet();
        }
    }

    @Nullable
    synchronized StopReason stopReason() {
        return stop;
    }

    boolean isCancelled() {
        return stopReason() == StopReason.CANCELLED;
    }

    synchronized boolean isPastAgent() {
        return section == Section.AFTER;
    }
}

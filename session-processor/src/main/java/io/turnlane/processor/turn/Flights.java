package io.turnlane.processor.turn;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.lane.Delay;
import io.turnlane.trace.TraceSpan;
import io.turnlane.trace.Traces;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * The open flights (running executions of turns) of this processor, at most one for each lane. A flight can outlive the
 * assignment of its partition. Each flight is removed when it has ended.
 *
 * <p>Threading: lane threads open and close flights. The poll thread and the drain stop flights and wait for them. The
 * set of flights is concurrent. This object's monitor is used only to wait until flights have ended.
 */
public final class Flights {

    private final Delay delay;
    private final Duration grace;
    private final TurnSpans spans;
    private final AtomicInteger abandonedAgents = new AtomicInteger();
    private final AtomicLong opened = new AtomicLong();
    private final ConcurrentNavigableMap<Long, Flight> openFlights = new ConcurrentSkipListMap<>(); // oldest first

    /**
     * @param grace maximum time for which an agent may run after its interrupt, before its session continues without it
     */
    public Flights(Delay delay, Duration grace) {
        this(delay, grace, Traces.NONE);
    }

    /**
     * @param grace same meaning as in the other constructor
     * @param traces records the spans of the flights
     */
    public Flights(Delay delay, Duration grace, Traces traces) {
        this.delay = delay;
        this.grace = grace;
        this.spans = new TurnSpans(traces);
    }

    /** Starts the span of the flight's attempt, whose agent and model calls become spans within it. */
    TraceSpan startSpan(Flight flight, int attempt, Instant dequeued) {
        TraceSpan span = spans.ofAttempt(flight.turn(), attempt, dequeued);
        flight.trace(span);
        return span;
    }

    Flight open(Turn turn) {
        Flight flight = new Flight(opened.incrementAndGet(), turn, delay, grace, abandonedAgents);
        openFlights.put(flight.number(), flight);
        return flight;
    }

    void close(Flight flight) {
        openFlights.remove(flight.number());
        flight.close();
        synchronized (this) {
            notifyAll();
        }
    }

    /** Returns the number of abandoned agents that still run. */
    public int abandonedAgents() {
        return abandonedAgents.get();
    }

    /**
     * Stops the matching flights so that another processor runs their turns. Flights whose agent has ended are not
     * stopped, because their result is being stored.
     */
    public void release(Predicate<Turn> matching) {
        openFlights.values().forEach(flight -> {
            if (matching.test(flight.turn())) {
                flight.stop(Flight.StopReason.RELEASED);
            }
        });
    }

    /**
     * Stops the flights of a cancelled turn. If the agent of a flight has already ended, the flight continues, and the
     * turn ends with the answer or as cancelled, depending on which of them is stored first.
     */
    public void cancel(SessionKey session, RequestId request) {
        openFlights.values().forEach(flight -> {
            Turn turn = flight.turn();
            if (turn.requestId().equals(request) && turn.session().equals(session)) {
                flight.stop(Flight.StopReason.CANCELLED);
            }
        });
    }

    /**
     * Starts the handover of the matching flights. Stops flights whose agent has not been called yet.
     *
     * @param agentTime time for which working agents may continue
     * @param handoverTime time for which a flight may still end its turn, including {@code agentTime}
     * @return the flights whose agents continue
     */
    List<Flight> startHandover(Predicate<Turn> matching, Duration agentTime, Duration handoverTime) {
        return openFlights.values().stream()
                .filter(flight -> matching.test(flight.turn()) && flight.startHandover(agentTime, handoverTime))
                .toList();
    }

    /**
     * Waits until all matching flights whose agents have ended are closed. Does not wait for flights whose agents are
     * still working.
     *
     * @return false if the time passed first
     */
    public synchronized boolean awaitPastAgent(Predicate<Turn> matching, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (openFlights.values().stream().anyMatch(flight -> flight.isPastAgent() && matching.test(flight.turn()))) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }
}

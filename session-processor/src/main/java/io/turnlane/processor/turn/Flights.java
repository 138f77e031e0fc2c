package io.turnlane.processor.turn;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.lane.Delay;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The flights of this processor, at most one for each lane. A flight outlives its partition: it leaves when it has
 * ended.
 *
 * <p>Threading: lanes' threads open and close; the poll thread and the drain stop and wait. The set is concurrent; the
 * lock only guards the waiting.
 */
public final class Flights {

    private final Delay delay;
    private final Duration grace;
    private final AtomicInteger abandonedAgents = new AtomicInteger();
    private final Set<Flight> inTheAir = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closed = lock.newCondition();

    /** @param grace how long an agent may go on after its interrupt, before its session goes on without it */
    public Flights(Delay delay, Duration grace) {
        this.delay = delay;
        this.grace = grace;
    }

    Flight open(Turn turn) {
        Flight flight = new Flight(turn, delay, grace, abandonedAgents);
        inTheAir.add(flight);
        return flight;
    }

    void close(Flight flight) {
        inTheAir.remove(flight);
        flight.close();
        lock.lock();
        try {
            closed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many agents still run though nobody waits for them any more. */
    public int abandonedAgents() {
        return abandonedAgents.get();
    }

    /** Stops the matching flights, all but those that are past their agent and about to store what it said. */
    public void release(Predicate<Turn> which) {
        inTheAir.forEach(flight -> {
            if (which.test(flight.turn())) {
                flight.stop(Flight.StopReason.RELEASED);
            }
        });
    }

    /**
     * Stops the flights of this turn because nobody wants its answer any more; one past its agent is told by memory.
     */
    public void cancel(SessionKey session, RequestId request) {
        inTheAir.forEach(flight -> {
            Turn turn = flight.turn();
            if (turn.requestId().equals(request) && turn.session().equals(session)) {
                flight.stop(Flight.StopReason.CANCELLED);
            }
        });
    }

    /**
     * Stops the matching flights, but lets agents go on that work.
     *
     * @param agent for how long
     * @param whole how long the handover takes, in which a flight may end by itself
     * @return those that go on
     */
    List<Flight> startHandover(Predicate<Turn> which, Duration agent, Duration whole) {
        return inTheAir.stream()
                .filter(flight -> which.test(flight.turn()) && flight.startHandover(agent, whole))
                .toList();
    }

    /**
     * Waits for those of the matching flights that are past their agent.
     *
     * @return whether they ended within this time
     */
    public boolean awaitPastAgent(Predicate<Turn> which, Duration most) throws InterruptedException {
        lock.lock();
        try {
            long nanos = most.toNanos();
            while (inTheAir.stream().anyMatch(flight -> flight.isPastAgent() && which.test(flight.turn()))) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = closed.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}

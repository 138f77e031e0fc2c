package io.turnlane.processor.turn;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    private final Set<Flight> inTheAir = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closed = lock.newCondition();

    Flight open(Turn turn) {
        Flight flight = new Flight(turn);
        inTheAir.add(flight);
        return flight;
    }

    void close(Flight flight) {
        inTheAir.remove(flight);
        lock.lock();
        try {
            closed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Stops the matching flights, all but those that are past their agent and about to store what it said. */
    public void release(Predicate<Turn> which) {
        inTheAir.forEach(flight -> {
            if (which.test(flight.turn())) {
                flight.stop(Flight.Stop.RELEASED);
            }
        });
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
            while (inTheAir.stream().anyMatch(flight -> flight.pastAgent() && which.test(flight.turn()))) {
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

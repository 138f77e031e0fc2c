package io.turnlane.processor.turn;

import io.turnlane.store.memory.SessionMemory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles the flights (executions of turns) of partitions that leave this processor.
 *
 * <p>The poll thread waits a short time for flights whose agents have ended. A flight whose agent is working is handed
 * over: its request record stores that the flight may continue for a bounded time. The next owner of the partition then
 * waits for the flight. If the flight stores an answer in time, the next owner publishes this answer and does not call
 * the agent again. During the handover, the flight retries its steps if Redis or Kafka is unavailable. If the handover
 * cannot be stored in time, the flight is stopped, and the next owner runs the turn.
 *
 * <p>Threading: the poll thread calls this class and waits for at most the time budget of a revocation. Calls of memory
 * run on the executor.
 *
 * @param handoverTime maximum time for which a flight may continue after its partition has left; if zero, flights are
 *     stopped at once
 * @param budget maximum time for which the poll thread waits for flights and memory when partitions leave
 */
public record Handover(
        Flights flights, SessionMemory memory, Executor executor, Duration handoverTime, Duration budget) {

    private static final Logger log = LoggerFactory.getLogger(Handover.class);

    /** Divisor of the handover time. The last tenth is reserved for interrupting the agent and releasing the turn. */
    private static final int RELEASE_FRACTION = 10;

    /** Stops the flights of partitions that already have a new owner, without waiting. */
    public void stop(Predicate<Turn> matching) {
        flights.release(matching);
    }

    /** Hands over or stops the flights of partitions that leave this processor and have no new owner yet. */
    public void handOver(Predicate<Turn> matching) {
        if (handoverTime.isZero()) {
            flights.release(matching);
            awaitPastAgent(matching, budget.toNanos());
            return;
        }
        long start = System.nanoTime();
        List<PendingHandover> handovers = flights
                .startHandover(matching, handoverTime.minus(handoverTime.dividedBy(RELEASE_FRACTION)), handoverTime)
                .stream()
                .map(this::announce)
                .toList();
        awaitPastAgent(matching, budget.toNanos());
        int stopped = 0;
        for (PendingHandover pending : handovers) {
            if (!pending.confirmed(start + budget.toNanos() - System.nanoTime())
                    && !pending.flight().isPastAgent()) {
                pending.flight().stop(Flight.StopReason.RELEASED);
                stopped++;
            }
        }
        if (!handovers.isEmpty()) {
            log.atInfo()
                    .addKeyValue("continued", handovers.size() - stopped)
                    .addKeyValue("stopped", stopped)
                    .log("turns handed over");
        }
    }

    /**
     * Stores the handover in memory, on a thread of the executor. The caller does not wait, so the requests of all
     * flights run in parallel.
     */
    private PendingHandover announce(Flight flight) {
        return new PendingHandover(
                flight,
                CompletableFuture.supplyAsync(() -> memory.startHandover(flight.ref(), handoverTime), executor));
    }

    /** Flight that is stopped unless memory confirms its handover. */
    private record PendingHandover(Flight flight, CompletableFuture<Boolean> confirmation) {

        /** Returns true if memory confirms within this time that the next owner will wait. */
        boolean confirmed(long nanos) {
            try {
                return confirmation.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException e) {
                return false; // a later confirmation is harmless, because the flight is released afterwards
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    private void awaitPastAgent(Predicate<Turn> matching, long nanos) {
        try {
            if (!flights.awaitPastAgent(matching, Duration.ofNanos(nanos))) {
                log.atInfo().log("partitions leave before all flights have stored their results");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

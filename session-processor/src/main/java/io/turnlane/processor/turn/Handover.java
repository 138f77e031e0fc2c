package io.turnlane.processor.turn;

import io.turnlane.processor.memory.SessionMemory;
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
 * What becomes of flights whose partition leaves. One that is past its agent has a moment to end. One whose agent works
 * goes on for the handover's time, once memory knows: the next owner waits for it there, and tells its answer instead
 * of asking the agent again; as long it tries to reach memory and the log, should they be away for a moment. One that
 * memory didn't hear of in time is stopped, and the next owner runs its turn.
 *
 * <p>Threading: the poll thread calls; it waits for no longer than its budget. The executor's threads talk to memory.
 */
public final class Handover {

    private static final Logger log = LoggerFactory.getLogger(Handover.class);

    /** This part of the handover is for the interrupted agent and for giving its turn back. */
    private static final int PART_FOR_RELEASE = 10;

    private final Flights flights;
    private final SessionMemory memory;
    private final Executor executor;
    private final Duration most;
    private final Duration budget;

    /**
     * @param most how long a flight may go on after its partition left; zero to stop it at once
     * @param budget how long a leaving partition may wait for its flights and for memory, together
     */
    public Handover(Flights flights, SessionMemory memory, Executor executor, Duration most, Duration budget) {
        this.flights = flights;
        this.memory = memory;
        this.executor = executor;
        this.most = most;
        this.budget = budget;
    }

    /** The partition is somebody else's already: nobody waits for its flights. */
    public void stop(Predicate<Turn> which) {
        flights.release(which);
    }

    /** The partition leaves in good order. */
    public void handOver(Predicate<Turn> which) {
        if (most.isZero()) {
            flights.release(which);
            awaitPastAgent(which, budget.toNanos());
            return;
        }
        long start = System.nanoTime();
        List<PendingHandover> leaving =
                flights.startHandover(which, most.minus(most.dividedBy(PART_FOR_RELEASE)), most).stream()
                        .map(this::announce)
                        .toList();
        awaitPastAgent(which, budget.toNanos());
        int stopped = 0;
        for (PendingHandover each : leaving) {
            if (!each.known(start + budget.toNanos() - System.nanoTime())
                    && !each.flight().isPastAgent()) {
                each.flight().stop(Flight.StopReason.RELEASED);
                stopped++;
            }
        }
        if (!leaving.isEmpty()) {
            log.atInfo()
                    .addKeyValue("going_on", leaving.size() - stopped)
                    .addKeyValue("stopped", stopped)
                    .log("turns handed over");
        }
    }

    /** All are sent at once, on the one connection to memory. */
    private PendingHandover announce(Flight flight) {
        return new PendingHandover(
                flight,
                CompletableFuture.supplyAsync(
                        () -> memory.startHandover(TurnRunner.refOf(flight.turn(), flight.id()), most), executor));
    }

    /** A flight that goes on, if memory says so. */
    private record PendingHandover(Flight flight, CompletableFuture<Boolean> answer) {

        /** Whether memory has said, within this time, that the next owner will wait. */
        boolean known(long nanos) {
            try {
                return answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException e) {
                return false; // should it hear of it yet, it soon hears of the release too
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    private void awaitPastAgent(Predicate<Turn> which, long nanos) {
        try {
            if (!flights.awaitPastAgent(which, Duration.ofNanos(nanos))) {
                log.atInfo().log("partitions leave before every flight has ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.turnlane.processor.system;

import io.turnlane.model.ProcessorState;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.Turn;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drains the processor. A drain stops reading turns, waits until running turns have ended, and releases waiting turns
 * to other processors. It then commits the offsets and leaves the consumer group. A processor drains only once. Later
 * calls return the report of the first drain.
 *
 * <p>Threading: any thread may call {@link #run}. The drain runs on the first calling thread, and other callers wait
 * for it.
 */
final class Drain {

    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    /** Time for the remaining steps of interrupted turns, after the grace period of their agents. */
    private static final Duration AFTER_ABANDONMENT = Duration.ofSeconds(2);

    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(10);

    private final TurnPoller poller;
    private final LaneScheduler<SessionKey, Turn> lanes;
    private final Flights flights;
    private final Duration budget;
    private final Duration afterInterrupt;
    private final AtomicReference<ProcessorState> state = new AtomicReference<>(ProcessorState.RUNNING);
    private final CompletableFuture<DrainReport> report = new CompletableFuture<>();

    /**
     * @param budget maximum time to wait until running turns have ended; after that, their agents are interrupted
     * @param grace time for which an agent is allowed to continue after its interrupt; the drain waits for it, because
     *     a turn that still runs when the process ends counts as one that crashed the processor
     */
    Drain(TurnPoller poller, LaneScheduler<SessionKey, Turn> lanes, Flights flights, Duration budget, Duration grace) {
        this.poller = poller;
        this.lanes = lanes;
        this.flights = flights;
        this.budget = budget;
        this.afterInterrupt = grace.plus(AFTER_ABANDONMENT);
    }

    /**
     * Result of a drain.
     *
     * @param running number of turns that were running when the drain began
     * @param interrupted number of turns that did not end within the budget; other processors run them again
     * @param moved number of waiting turns that were released to other processors
     * @param left true if this processor has left the consumer group; if false, Kafka removes it after the session
     *     timeout of the group
     */
    record DrainReport(int running, int interrupted, int moved, boolean left) {}

    ProcessorState state() {
        return state.get();
    }

    /** Drains the processor. If another call has already begun the drain, waits until the drain has ended. */
    DrainReport run() throws InterruptedException {
        if (state.compareAndSet(ProcessorState.RUNNING, ProcessorState.DRAINING)) {
            try {
                report.complete(drain());
            } catch (InterruptedException | RuntimeException e) {
                report.completeExceptionally(e);
                throw e;
            } finally {
                state.set(ProcessorState.EVACUATED);
            }
        }
        return report.join();
    }

    /** Drains the processor on a thread of its own. */
    void start() {
        Thread.ofPlatform().name("evacuate").start(() -> {
            try {
                var _ = run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private DrainReport drain() throws InterruptedException {
        poller.pause();
        lanes.stopDispatching();
        int running = lanes.counts().running();
        log.atInfo().addKeyValue("running", running).log("drain started");
        int interrupted = 0;
        if (!lanes.awaitIdle(budget)) {
            interrupted = lanes.counts().running();
            flights.release(turn -> true);
            var _ = lanes.awaitIdle(afterInterrupt);
        }
        List<Turn> waiting = lanes.withdraw(turn -> true);
        waiting.forEach(turn -> turn.claim().release());
        poller.stop();
        boolean left = poller.awaitStopped(LEAVE_TIMEOUT);
        log.atInfo()
                .addKeyValue("interrupted", interrupted)
                .addKeyValue("moved", waiting.size())
                .addKeyValue("left", left)
                .log("drain finished");
        return new DrainReport(running, interrupted, waiting.size(), left);
    }
}

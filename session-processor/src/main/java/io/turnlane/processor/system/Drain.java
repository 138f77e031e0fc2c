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
 * Takes nothing more, lets what runs end, hands the rest to others, commits, and leaves the group last. Once: whoever
 * asks again gets the report of the first time.
 *
 * <p>Threading: any thread may start it and wait for it; it runs on the thread that came first.
 */
final class Drain {

    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    /** For what ends when the last agent has been abandoned. */
    private static final Duration AFTER_ABANDONMENT = Duration.ofSeconds(2);

    private static final Duration LEAVING = Duration.ofSeconds(10);

    private final TurnPoller poller;
    private final LaneScheduler<SessionKey, Turn> lanes;
    private final Flights flights;
    private final Duration budget;
    private final Duration afterInterrupt;
    private final AtomicReference<ProcessorState> state = new AtomicReference<>(ProcessorState.RUNNING);
    private final CompletableFuture<DrainReport> report = new CompletableFuture<>();

    /**
     * @param budget how long running turns may go on
     * @param grace how long an agent may go on after it was interrupted: a turn that isn't waited for so long would
     *     count a crash
     */
    Drain(TurnPoller poller, LaneScheduler<SessionKey, Turn> lanes, Flights flights, Duration budget, Duration grace) {
        this.poller = poller;
        this.lanes = lanes;
        this.flights = flights;
        this.budget = budget;
        this.afterInterrupt = grace.plus(AFTER_ABANDONMENT);
    }

    /**
     * How it went.
     *
     * @param running turns that ran when it began
     * @param interrupted how many of them hadn't ended within the budget: others run them again
     * @param moved turns that waited and are now others'
     * @param left whether the group knows that we left; else it notices by its session timeout
     */
    record DrainReport(int running, int interrupted, int moved, boolean left) {}

    ProcessorState state() {
        return state.get();
    }

    /** Drains, or waits for who does. */
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

    private DrainReport drain() throws InterruptedException {
        poller.pause();
        lanes.stopDispatching();
        int running = lanes.counts().running();
        log.atInfo().addKeyValue("running", running).log("draining");
        int interrupted = 0;
        if (!lanes.awaitIdle(budget)) {
            interrupted = lanes.counts().running();
            flights.release(turn -> true);
            var _ = lanes.awaitIdle(afterInterrupt);
        }
        List<Turn> waiting = lanes.withdraw(turn -> true);
        waiting.forEach(turn -> turn.claim().release());
        poller.stop();
        boolean left = poller.awaitStopped(LEAVING);
        log.atInfo()
                .addKeyValue("interrupted", interrupted)
                .addKeyValue("moved", waiting.size())
                .addKeyValue("left", left)
                .log("drained");
        return new DrainReport(running, interrupted, waiting.size(), left);
    }
}

package io.turnlane.processor.system;

import io.turnlane.model.SessionKey;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.Turn;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the poll thread last and stops it first; in between, the drain: take nothing more, let what runs end, hand the
 * rest to others, commit, leave.
 *
 * <p>Threading: start and stop are called by Spring, one after the other; the state moves by compare-and-set.
 */
final class ProcessorLifecycle implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ProcessorLifecycle.class);
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(5);
    private static final Duration LEAVING = Duration.ofSeconds(10);

    private enum State {
        LATENT,
        RUNNING,
        STOPPED
    }

    private final TopicSetup topics;
    private final TurnPoller poller;
    private final LaneScheduler<SessionKey, Turn> lanes;
    private final Flights flights;
    private final Heartbeat heartbeat;
    private final Duration drainBudget;
    private final AtomicReference<State> state = new AtomicReference<>(State.LATENT);

    ProcessorLifecycle(
            TopicSetup topics,
            TurnPoller poller,
            LaneScheduler<SessionKey, Turn> lanes,
            Flights flights,
            Heartbeat heartbeat,
            Duration drainBudget) {
        this.topics = topics;
        this.poller = poller;
        this.lanes = lanes;
        this.flights = flights;
        this.heartbeat = heartbeat;
        this.drainBudget = drainBudget;
    }

    @Override
    public void start() {
        if (state.compareAndSet(State.LATENT, State.RUNNING)) {
            topics.prepare();
            Thread.ofPlatform().name("turnlane-poll").start(poller);
        }
    }

    @Override
    public void stop() {
        if (state.compareAndSet(State.RUNNING, State.STOPPED)) {
            try {
                drain();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void drain() throws InterruptedException {
        poller.pause();
        lanes.hold();
        log.atInfo().addKeyValue("running", lanes.figures().running()).log("draining");
        if (!lanes.awaitNothingRuns(drainBudget)) {
            flights.release(turn -> true);
            var _ = lanes.awaitNothingRuns(AFTER_INTERRUPT);
        }
        lanes.withdraw(turn -> true).forEach(turn -> turn.claim().letGo());
        poller.stop();
        boolean left = poller.awaitStopped(LEAVING);
        heartbeat.stop();
        log.atInfo().addKeyValue("left", left).log("drained");
    }

    @Override
    public boolean isRunning() {
        return state.get() == State.RUNNING;
    }
}

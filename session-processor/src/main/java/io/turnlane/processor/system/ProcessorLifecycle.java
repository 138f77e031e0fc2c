package io.turnlane.processor.system;

import io.turnlane.processor.control.KafkaWakeUpListener;
import io.turnlane.processor.intake.TurnPoller;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the poll thread last and stops it first, after the {@linkplain Drain drain}.
 *
 * <p>Threading: start and stop are called by Spring, one after the other; the state moves by compare-and-set.
 */
final class ProcessorLifecycle implements SmartLifecycle {

    private enum LifecycleState {
        LATENT,
        RUNNING,
        STOPPED
    }

    private final TopicSetup topics;
    private final KafkaWakeUpListener wakeUps;
    private final TurnPoller poller;
    private final Drain drain;
    private final Heartbeat heartbeat;
    private final AtomicReference<LifecycleState> state = new AtomicReference<>(LifecycleState.LATENT);

    ProcessorLifecycle(
            TopicSetup topics, KafkaWakeUpListener wakeUps, TurnPoller poller, Drain drain, Heartbeat heartbeat) {
        this.topics = topics;
        this.wakeUps = wakeUps;
        this.poller = poller;
        this.drain = drain;
        this.heartbeat = heartbeat;
    }

    @Override
    public void start() {
        if (state.compareAndSet(LifecycleState.LATENT, LifecycleState.RUNNING)) {
            topics.prepare();
            wakeUps.start(); // before the first turn: no cancel of one that runs is missed
            Thread.ofPlatform().name("turnlane-poll").start(poller);
        }
    }

    @Override
    public void stop() {
        if (state.compareAndSet(LifecycleState.RUNNING, LifecycleState.STOPPED)) {
            try {
                drain.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                wakeUps.stop();
                heartbeat.stop();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return state.get() == LifecycleState.RUNNING;
    }
}

package io.turnlane.processor.system;

import io.turnlane.log.TopicSetup;
import io.turnlane.processor.control.KafkaWakeUpListener;
import io.turnlane.processor.events.KafkaTopicMetadata;
import io.turnlane.processor.intake.TurnPoller;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Starts the poll thread after all other parts of the processor. On stop, {@linkplain Drain drains} the processor
 * before any other part stops. The drain stops the poll thread.
 *
 * <p>Threading: Spring calls start and stop one after the other. The state is changed with compare-and-set.
 */
@Component
final class ProcessorLifecycle implements SmartLifecycle {

    private enum LifecycleState {
        CREATED,
        RUNNING,
        STOPPED
    }

    private final TopicSetup topics;
    private final KafkaTopicMetadata metadata;
    private final KafkaWakeUpListener wakeUps;
    private final TurnPoller poller;
    private final Drain drain;
    private final Heartbeat heartbeat;
    private final AtomicReference<LifecycleState> state = new AtomicReference<>(LifecycleState.CREATED);

    ProcessorLifecycle(
            TopicSetup topics,
            KafkaTopicMetadata metadata,
            KafkaWakeUpListener wakeUps,
            TurnPoller poller,
            Drain drain,
            Heartbeat heartbeat) {
        this.topics = topics;
        this.metadata = metadata;
        this.wakeUps = wakeUps;
        this.poller = poller;
        this.drain = drain;
        this.heartbeat = heartbeat;
    }

    @Override
    public void start() {
        if (state.compareAndSet(LifecycleState.CREATED, LifecycleState.RUNNING)) {
            topics.prepare();
            metadata.load(); // before the first turn, so that none of its events waits for the partitions of its topic
            wakeUps.start(); // before the first turn, so that no cancellation of a running turn is missed
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

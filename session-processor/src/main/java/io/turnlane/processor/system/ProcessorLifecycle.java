package io.turnlane.processor.system;

import io.turnlane.log.CompactedTopicFollower;
import io.turnlane.log.TopicSetup;
import io.turnlane.model.agent.ConfiguredAgent;
import io.turnlane.processor.control.KafkaWakeUpListener;
import io.turnlane.processor.events.KafkaTopicMetadata;
import io.turnlane.processor.intake.TurnPoller;
import java.time.Duration;
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

    /** Maximum time until the configured agents are read, which normally takes a fraction of a second. */
    private static final Duration AGENTS_PATIENCE = Duration.ofSeconds(30);

    private final TopicSetup topics;
    private final KafkaTopicMetadata metadata;
    private final KafkaWakeUpListener wakeUps;
    private final CompactedTopicFollower<ConfiguredAgent> agents;
    private final TurnPoller poller;
    private final Drain drain;
    private final Heartbeat heartbeat;
    private final AtomicReference<LifecycleState> state = new AtomicReference<>(LifecycleState.CREATED);

    ProcessorLifecycle(
            TopicSetup topics,
            KafkaTopicMetadata metadata,
            KafkaWakeUpListener wakeUps,
            CompactedTopicFollower<ConfiguredAgent> agents,
            TurnPoller poller,
            Drain drain,
            Heartbeat heartbeat) {
        this.topics = topics;
        this.metadata = metadata;
        this.wakeUps = wakeUps;
        this.agents = agents;
        this.poller = poller;
        this.drain = drain;
        this.heartbeat = heartbeat;
    }

    @Override
    public void start() {
        if (state.compareAndSet(LifecycleState.CREATED, LifecycleState.RUNNING)) {
            topics.prepare();
            metadata.load(); // before the first turn, so that none of its events waits for the partitions of its topic
            if (!agents.start(AGENTS_PATIENCE)) { // without them, turns of configured agents would fail
                throw new IllegalStateException(
                        "The agents topic was not read within " + AGENTS_PATIENCE.toSeconds() + " s.");
            }
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
                agents.close();
                heartbeat.stop();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return state.get() == LifecycleState.RUNNING;
    }
}

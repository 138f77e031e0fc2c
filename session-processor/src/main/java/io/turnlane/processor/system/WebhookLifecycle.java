package io.turnlane.processor.system;

import io.turnlane.model.RequestId;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.webhook.WebhookCall;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the poll thread of webhooks, and stops it: what is being sent ends, what waits is sent by others.
 *
 * <p>Threading: start and stop are called by Spring, one after the other.
 */
final class WebhookLifecycle implements SmartLifecycle {

    private static final Duration LEAVING = Duration.ofSeconds(5);

    private final TopicSetup topics;
    private final TurnPoller poller;
    private final LaneScheduler<RequestId, WebhookCall> lanes;
    private final Duration longestCall;
    private final AtomicBoolean running = new AtomicBoolean();

    WebhookLifecycle(
            TopicSetup topics, TurnPoller poller, LaneScheduler<RequestId, WebhookCall> lanes, Duration longestCall) {
        this.topics = topics;
        this.poller = poller;
        this.lanes = lanes;
        this.longestCall = longestCall;
    }

    @Override
    public void start() {
        if (running.compareAndSet(false, true)) {
            topics.prepare();
            Thread.ofPlatform().name("turnlane-webhook-poll").start(poller);
        }
    }

    @Override
    public void stop() {
        if (!running.compareAndSet(true, false)) {
            return;
        }
        poller.pause();
        lanes.stopDispatching();
        try {
            var _ = lanes.awaitIdle(longestCall.plusSeconds(1));
            lanes.withdraw(_ -> true).forEach(call -> call.event().claim().release());
            poller.stop();
            var _ = poller.awaitStopped(LEAVING);
        } catch (InterruptedException e) {
            poller.stop();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running.get();
    }
}

package io.turnlane.processor.system;

import io.turnlane.log.TopicSetup;
import io.turnlane.model.RequestId;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.webhook.WebhookCall;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.context.SmartLifecycle;

/**
 * Starts and stops the poll thread of webhooks. On stop, waits until current calls have ended, and then releases the
 * waiting webhooks to other processors.
 *
 * <p>Threading: Spring calls start and stop one after the other.
 */
final class WebhookLifecycle implements SmartLifecycle {

    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(5);

    private final TopicSetup topics;
    private final TurnPoller poller;
    private final LaneScheduler<RequestId, WebhookCall> lanes;
    private final Duration callTimeout;
    private final AtomicBoolean running = new AtomicBoolean();

    WebhookLifecycle(
            TopicSetup topics, TurnPoller poller, LaneScheduler<RequestId, WebhookCall> lanes, Duration callTimeout) {
        this.topics = topics;
        this.poller = poller;
        this.lanes = lanes;
        this.callTimeout = callTimeout;
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
            var _ = lanes.awaitIdle(callTimeout.plusSeconds(1));
            lanes.withdraw(_ -> true).forEach(call -> call.event().claim().release());
            poller.stop();
            var _ = poller.awaitStopped(LEAVE_TIMEOUT);
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

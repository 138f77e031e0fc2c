package io.turnlane.processor.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.processor.intake.IntakeSettings;
import io.turnlane.processor.intake.RecordReader;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.intake.WebhookRecordHandler;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.ManualDelay;
import io.turnlane.processor.webhook.CallbackHosts;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class WebhookHealthTest {

    private Instant now = Instant.parse("2026-11-21T06:00:00Z");
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final TurnPoller poller = new TurnPoller(
            consumer,
            new IntakeSettings("events", 1, 1, 1, Duration.ofMillis(1), Duration.ofMillis(1)),
            new WebhookRecordHandler(
                    new LaneScheduler<>(
                            1,
                            Runnable::run,
                            new ManualDelay(),
                            call -> call.event().identity(),
                            (_, _) -> LaneOutcome.DONE,
                            (_, _) -> {}),
                    new CallbackHosts(1, 1)),
            () -> now,
            System::nanoTime,
            new RecordReader(() -> new MockConsumer<>("none"), 1),
            _ -> {});
    private final WebhookHealth health = new WebhookHealth(new PollLiveness(poller, () -> now), poller);

    @Test
    void isDownIfThePollThreadHasStoppedPolling() {
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        now = now.plus(Duration.ofSeconds(46));
        assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.health().getDetails()).containsEntry("last_poll_seconds_ago", 46L);
    }

    @Test
    void isDownIfThePollThreadHasDied() {
        consumer.schedulePollTask(() -> {
            throw new OutOfMemoryError("thrown by the test");
        });
        assertThatThrownBy(poller::run).isInstanceOf(OutOfMemoryError.class);
        assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
    }
}

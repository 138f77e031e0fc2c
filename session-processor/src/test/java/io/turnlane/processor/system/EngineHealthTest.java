package io.turnlane.processor.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.TurnError;
import io.turnlane.processor.intake.IntakeSettings;
import io.turnlane.processor.intake.RecordHandler;
import io.turnlane.processor.intake.RecordReader;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.ManualDelay;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class EngineHealthTest {

    private final ManualDelay delay = new ManualDelay();
    private Instant now = Instant.parse("2026-11-21T06:00:00Z");
    private int abandoned;
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final TurnPoller poller = new TurnPoller(
            consumer,
            new IntakeSettings("turns", 1, 1, 1, Duration.ofMillis(1), Duration.ofMillis(1)),
            new IgnoringReception(),
            () -> now,
            new RecordReader(() -> new MockConsumer<>("none"), 1),
            adopted -> {});
    private final Drain drain = new Drain(
            poller,
            new LaneScheduler<>(
                    1, Runnable::run, delay, Turn::identity, (key, turn) -> LaneOutcome.DONE, (turn, e) -> {}),
            new Flights(delay, Duration.ofSeconds(10)),
            Duration.ZERO,
            Duration.ZERO);
    private final EngineHealth health = new EngineHealth(poller, () -> abandoned, drain, () -> now);

    @Test
    void isDownIfThePollThreadHasStoppedPolling() {
        assertThat(status()).isEqualTo(Status.UP);
        now = now.plus(Duration.ofSeconds(46));
        assertThat(status()).isEqualTo(Status.DOWN);
    }

    @Test
    void isDownIfTooManyAbandonedAgentsAreRunning() {
        abandoned = 99;
        assertThat(status()).isEqualTo(Status.UP);
        abandoned = 100;
        assertThat(status()).isEqualTo(Status.DOWN);
    }

    @Test
    void isDownIfThePollThreadHasDied() {
        consumer.schedulePollTask(() -> {
            throw new OutOfMemoryError("thrown by the test");
        });
        try {
            poller.run();
        } catch (OutOfMemoryError e) {
            // the error has ended the poll thread
        }
        assertThat(poller.hasFailed()).isTrue();
        assertThat(status()).isEqualTo(Status.DOWN);
    }

    private Status status() {
        return health.health().getStatus();
    }

    private static final class IgnoringReception implements RecordHandler {

        @Override
        public void onTurn(Turn turn) {}

        @Override
        public void onUnreadable(Turn.Claim claim, TurnError error) {}

        @Override
        public void onPartitionsLeaving(Predicate<Turn.Claim> ofPartition, boolean patient) {}
    }
}

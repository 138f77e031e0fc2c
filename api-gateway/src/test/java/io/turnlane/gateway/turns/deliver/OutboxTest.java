package io.turnlane.gateway.turns.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.turns.deliver.OutboxItem.EndItem;
import io.turnlane.gateway.turns.deliver.OutboxItem.FrameItem;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Planned ends of a client's outbox, which wait for the reply of the client's current call. */
class OutboxTest {

    private static final Duration SHORT = Duration.ofMillis(5);
    private static final OutboxItem REPLY = new FrameItem(new byte[10]);

    private static Outbox outbox(Duration maxAge) {
        return new Outbox(new Outbox.Bounds(10, 10_000), new SharedByteLimit(1_000_000), maxAge);
    }

    @Test
    void anAgedOutboxEndsAfterTheReplyOfTheCurrentCall() throws Exception {
        Outbox outbox = outbox(Duration.ofNanos(1));
        assertThat(outbox.startCall()).isTrue();
        assertThat(outbox.take(SHORT)).isNull();
        assertThat(outbox.offer(REPLY)).isTrue();
        outbox.endCall();

        assertThat(outbox.take(SHORT)).isEqualTo(REPLY);
        assertThat(outbox.take(SHORT)).isEqualTo(new EndItem(DisconnectReason.AGED));
        assertThat(outbox.startCall()).isFalse();
    }

    @Test
    @Timeout(20)
    void endsAtOnceIfItAgedDuringACallWhileTheWriterWaited() throws Exception {
        Outbox outbox = outbox(Duration.ofNanos(1));
        outbox.startCall();
        FutureTask<OutboxItem> taken = new FutureTask<>(() -> outbox.take(Duration.ofMinutes(5)));
        Thread writer = Thread.ofPlatform().start(taken);
        await().until(() -> writer.getState() == Thread.State.TIMED_WAITING);
        outbox.endCall();
        assertThat(taken.get()).isEqualTo(new EndItem(DisconnectReason.AGED));
    }

    @Test
    void aStoppingGatewaySendsTheReplyOfTheCurrentCallFirst() throws Exception {
        Outbox outbox = outbox(Outbox.UNLIMITED_AGE);
        assertThat(outbox.startCall()).isTrue();
        outbox.shutDown();
        assertThat(outbox.offer(REPLY)).isTrue();
        outbox.endCall();

        assertThat(outbox.startCall()).isFalse();
        assertThat(outbox.take(SHORT)).isEqualTo(REPLY);
        assertThat(outbox.take(SHORT)).isEqualTo(new EndItem(DisconnectReason.SHUTDOWN));
    }

    @Test
    void aStoppingGatewaySendsWaitingItemsFirstAndNoFurtherOnes() throws Exception {
        Outbox outbox = outbox(Outbox.UNLIMITED_AGE);
        outbox.offer(REPLY);
        outbox.shutDown();
        assertThat(outbox.offer(REPLY)).isFalse();

        assertThat(outbox.take(SHORT)).isEqualTo(REPLY);
        assertThat(outbox.take(SHORT)).isEqualTo(new EndItem(DisconnectReason.SHUTDOWN));
    }

    @Test
    void executesNoCallThatArrivesDuringTheDisconnect() {
        Outbox outbox = outbox(Outbox.UNLIMITED_AGE);
        outbox.shutDown();
        assertThat(outbox.startCall()).isFalse();
    }
}

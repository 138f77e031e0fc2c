package io.turnlane.gateway.turns.deliver;

import static io.turnlane.gateway.turns.deliver.Events.delta;
import static io.turnlane.gateway.turns.deliver.Events.sized;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.turns.deliver.Subscription.EventFilter;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SubscriptionTest {

    private static final Runnable NOTHING = () -> {};

    private final Outbox outbox =
            new Outbox(new Outbox.Bounds(10, 10_000), new SharedByteLimit(1_000_000), Outbox.UNLIMITED_AGE);
    private final Subscription subscription = subscribe(EventFilter.SESSION);

    private Subscription subscribe(EventFilter interest) {
        return new Subscription(SessionKey.of(null, new SessionId("s")), interest, 0, outbox, new EventReducer());
    }

    private List<Long> offsets() throws InterruptedException {
        List<Long> offsets = new ArrayList<>();
        for (OutboxItem next = outbox.take(Duration.ZERO); next != null; next = outbox.take(Duration.ZERO)) {
            if (next instanceof OutboxItem.EventItem(var event, var cursor)) {
                assertThat(cursor.offset()).isEqualTo(event.offset());
                offsets.add(event.offset());
            } else if (next instanceof OutboxItem.EndItem) {
                break;
            }
        }
        return offsets;
    }

    @Test
    void deliversEachEventOnceAcrossLogAndFollower() throws Exception {
        subscription.offerLive(delta(0));
        subscription.offerFromLog(delta(1), NOTHING);
        subscription.startJoining();
        subscription.offerLive(delta(3));
        subscription.offerLive(delta(4));
        subscription.offerFromLog(delta(2), NOTHING);
        subscription.offerFromLog(delta(3), NOTHING);
        assertThat(subscription.goLive(4, true)).isTrue();
        subscription.offerLive(delta(5));
        assertThat(offsets()).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void returnsToTheLogIfTheBufferOverflows() throws Exception {
        subscription.startJoining();
        for (int i = 5; i < 20; i++) {
            subscription.offerLive(delta(i));
        }
        assertThat(subscription.goLive(5, true)).isFalse();
        subscription.offerLive(delta(20));
        subscription.offerFromLog(delta(5), NOTHING);
        subscription.startJoining();
        assertThat(subscription.goLive(6, true)).isTrue();
        assertThat(offsets()).containsExactly(5L);
    }

    @Test
    void pausesACatchUpIfTheOutboxIsFullAndResumesIt() throws Exception {
        AtomicInteger called = new AtomicInteger();
        int taken = 0;
        while (subscription.offerFromLog(delta(taken), called::incrementAndGet)) {
            taken++;
        }
        assertThat(taken).as("half the outbox").isEqualTo(5);
        assertThat(called).hasValue(0);
        outbox.take(Duration.ZERO);
        assertThat(called).hasValue(1);
        assertThat(subscription.offerFromLog(delta(taken), NOTHING)).isTrue();
        assertThat(outbox.isClosed()).isFalse();
    }

    @Test
    void disconnectsAClientThatReadsNothing() {
        subscription.startJoining();
        subscription.goLive(0, false);
        for (int i = 0; i < 11; i++) {
            subscription.offerLive(delta(i));
        }
        assertThat(outbox.isClosed()).isTrue();
    }

    @Test
    void boundsTheBytesButAcceptsOneLargeEvent() throws Exception {
        subscription.startJoining();
        subscription.goLive(0, false);
        subscription.offerLive(sized(0, Events.R1, 1, 0, "delta", 50_000));
        assertThat(outbox.isClosed()).isFalse();
        subscription.offerLive(delta(1));
        assertThat(outbox.isClosed()).isTrue();
        assertThat(outbox.take(Duration.ZERO)).isEqualTo(new OutboxItem.EndItem(DisconnectReason.SLOW));
    }

    @Test
    void holdsEventsBackUntilReleased() throws Exception {
        subscription.startJoining();
        subscription.goLive(0, false);
        subscription.hold();
        subscription.offerLive(delta(0));
        outbox.offer(new OutboxItem.FrameItem(new byte[1]));
        subscription.release(NOTHING);
        assertThat(outbox.take(Duration.ZERO)).isInstanceOf(OutboxItem.FrameItem.class);
        assertThat(offsets()).containsExactly(0L);
    }

    @Test
    void returnsToTheLogIfTheBufferOverflowsDuringAHold() throws Exception {
        subscription.startJoining();
        subscription.goLive(0, false);
        subscription.hold();
        for (int i = 0; i < 20; i++) {
            subscription.offerLive(delta(i));
        }
        AtomicInteger catchUps = new AtomicInteger();
        subscription.release(catchUps::incrementAndGet);
        assertThat(catchUps).hasValue(1);
        assertThat(subscription.nextOffset()).isZero();
        assertThat(outbox.isClosed()).isFalse();
    }

    @Test
    void holdsACatchUp() throws Exception {
        AtomicInteger resumed = new AtomicInteger();
        subscription.hold();
        assertThat(subscription.offerFromLog(delta(0), resumed::incrementAndGet))
                .isFalse();
        subscription.release(NOTHING);
        assertThat(resumed).hasValue(1);
        assertThat(subscription.offerFromLog(delta(0), NOTHING)).isTrue();
    }

    @Test
    void deliversAGapAndDiscardsEarlierEvents() throws Exception {
        subscription.startJoining();
        subscription.offerLive(delta(3));
        subscription.offerLive(Events.event(8, Events.R1, 1, 8, "stage"));
        subscription.goLiveWithGap(5);
        assertThat(outbox.take(Duration.ZERO))
                .isInstanceOfSatisfying(
                        OutboxItem.GapItem.class,
                        gap -> assertThat(gap.cursor().offset()).isEqualTo(4));
        assertThat(offsets()).containsExactly(8L);
    }

    @Test
    void deliversOnlyEventsThatMatchItsFilter() throws Exception {
        Subscription one = subscribe(EventFilter.request(Events.R1));
        one.startJoining();
        one.goLive(0, false);
        one.offerLive(delta(0));
        one.offerLive(Events.event(1, Events.R2, 1, 0, "completed"));
        one.offerLive(Events.event(2, Events.R1, 1, 9, "completed"));
        assertThat(offsets()).containsExactly(0L, 2L);
    }

    @Test
    void deliversNothingOnceClosed() throws Exception {
        subscription.startJoining();
        subscription.goLive(0, false);
        subscription.close();
        subscription.offerLive(delta(0));
        assertThat(offsets()).isEmpty();
    }
}

package io.turnlane.gateway.deliver;

import static io.turnlane.gateway.deliver.Events.delta;
import static io.turnlane.gateway.deliver.Events.sized;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.deliver.Delivery.Ending;
import io.turnlane.gateway.deliver.Subscription.Interest;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SubscriptionTest {

    private static final Runnable NOTHING = () -> {};

    private final Outbox outbox = new Outbox(new Outbox.Bounds(10, 10_000), new SharedRoom(1_000_000));
    private final Subscription subscription = subscribe(Interest.SESSION);

    private Subscription subscribe(Interest interest) {
        return new Subscription(SessionKey.of(null, new SessionId("s")), interest, 0, outbox, new EventReducer());
    }

    private List<Long> offsets() throws InterruptedException {
        List<Long> offsets = new ArrayList<>();
        for (Delivery next = outbox.take(Duration.ZERO); next != null; next = outbox.take(Duration.ZERO)) {
            if (next instanceof Delivery.Event(var event, var cursor)) {
                assertThat(cursor.offset()).isEqualTo(event.offset());
                offsets.add(event.offset());
            } else if (next instanceof Delivery.End) {
                break;
            }
        }
        return offsets;
    }

    @Test
    void joinsTheLogAndTheFollowerWithoutASeam() throws Exception {
        subscription.live(delta(0));
        subscription.replay(delta(1), NOTHING);
        subscription.join();
        subscription.live(delta(3));
        subscription.live(delta(4));
        subscription.replay(delta(2), NOTHING);
        subscription.replay(delta(3), NOTHING);
        assertThat(subscription.goLive(4, true)).isTrue();
        subscription.live(delta(5));
        assertThat(offsets()).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void goesBackToTheLogWhereMoreCameThanCouldBeKeptAside() throws Exception {
        subscription.join();
        for (int i = 5; i < 20; i++) {
            subscription.live(delta(i));
        }
        assertThat(subscription.goLive(5, true)).isFalse();
        subscription.live(delta(20));
        subscription.replay(delta(5), NOTHING);
        subscription.join();
        assertThat(subscription.goLive(6, true)).isTrue();
        assertThat(offsets()).containsExactly(5L);
    }

    @Test
    void leavesTheReaderWhereThereIsNoRoomAndCallsWhenThereIs() throws Exception {
        AtomicInteger called = new AtomicInteger();
        int taken = 0;
        while (subscription.replay(delta(taken), called::incrementAndGet)) {
            taken++;
        }
        assertThat(taken).as("half the outbox").isEqualTo(5);
        assertThat(called).hasValue(0);
        outbox.take(Duration.ZERO);
        assertThat(called).hasValue(1);
        assertThat(subscription.replay(delta(taken), NOTHING)).isTrue();
        assertThat(outbox.closed()).isFalse();
    }

    @Test
    void dropsAClientThatTakesNothing() {
        subscription.join();
        subscription.goLive(0, false);
        for (int i = 0; i < 11; i++) {
            subscription.live(delta(i));
        }
        assertThat(outbox.closed()).isTrue();
    }

    @Test
    void boundsWhatWaitsInBytesButAlwaysTakesOne() throws Exception {
        subscription.join();
        subscription.goLive(0, false);
        subscription.live(sized(0, Events.R1, 1, 0, "delta", 50_000));
        assertThat(outbox.closed()).isFalse();
        subscription.live(delta(1));
        assertThat(outbox.closed()).isTrue();
        assertThat(outbox.take(Duration.ZERO)).isEqualTo(new Delivery.End(Ending.SLOW));
    }

    @Test
    void holdsEventsBackUntilReleased() throws Exception {
        subscription.join();
        subscription.goLive(0, false);
        subscription.hold();
        subscription.live(delta(0));
        outbox.offer(new Delivery.Frame(new byte[1]));
        subscription.release(NOTHING);
        assertThat(outbox.take(Duration.ZERO)).isInstanceOf(Delivery.Frame.class);
        assertThat(offsets()).containsExactly(0L);
    }

    @Test
    void readsTheLogAgainWhereMoreWasHeldThanCouldBe() throws Exception {
        subscription.join();
        subscription.goLive(0, false);
        subscription.hold();
        for (int i = 0; i < 20; i++) {
            subscription.live(delta(i));
        }
        AtomicInteger catchUps = new AtomicInteger();
        subscription.release(catchUps::incrementAndGet);
        assertThat(catchUps).hasValue(1);
        assertThat(subscription.next()).isZero();
        assertThat(outbox.closed()).isFalse();
    }

    @Test
    void holdsACatchUpToo() throws Exception {
        AtomicInteger resumed = new AtomicInteger();
        subscription.hold();
        assertThat(subscription.replay(delta(0), resumed::incrementAndGet)).isFalse();
        subscription.release(NOTHING);
        assertThat(resumed).hasValue(1);
        assertThat(subscription.replay(delta(0), NOTHING)).isTrue();
    }

    @Test
    void saysGapAndForgetsWhatIsBefore() throws Exception {
        subscription.join();
        subscription.live(delta(3));
        subscription.live(Events.event(8, Events.R1, 1, 8, "stage"));
        subscription.gap(5);
        assertThat(outbox.take(Duration.ZERO))
                .isInstanceOfSatisfying(
                        Delivery.Gap.class,
                        gap -> assertThat(gap.cursor().offset()).isEqualTo(4));
        assertThat(offsets()).containsExactly(8L);
    }

    @Test
    void wantsOnlyWhatItWasOpenedFor() throws Exception {
        Subscription ends = subscribe(Interest.endOf(Events.R1));
        ends.join();
        ends.goLive(0, false);
        ends.live(delta(0));
        ends.live(Events.event(1, Events.R2, 1, 0, "completed"));
        ends.live(Events.event(2, Events.R1, 1, 9, "completed"));
        assertThat(offsets()).containsExactly(2L);
    }

    @Test
    void hearsNothingOnceClosed() throws Exception {
        subscription.join();
        subscription.goLive(0, false);
        subscription.close();
        subscription.live(delta(0));
        assertThat(offsets()).isEmpty();
    }
}

package io.turnlane.gateway.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.gateway.deliver.Subscription.EventFilter;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Nothing of a client stays when it is gone. */
class EventStreamsTest {

    private static final SessionKey SESSION = SessionKey.of(null, new SessionId("s"));
    private static final Outbox.Bounds BOUNDS = new Outbox.Bounds(10, 10_000);

    @Test
    void aWaitThatCannotBeginWhileTheLogWasNeverReachedTakesNoPlace() {
        EventStreams neverStarted = new EventStreams(
                (_, _) -> {
                    throw new IllegalStateException("no broker");
                },
                "events",
                () -> {},
                new EventStreams.StreamLimits(2, BOUNDS, 1_000_000, 1, 1_000, Duration.ofSeconds(1)),
                new SimpleMeterRegistry());
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> neverStarted.watchEnd(SESSION, Events.R1))
                    .isInstanceOf(EventsUnavailableException.class)
                    .hasMessageContaining("not been reached");
        }
        assertThat(neverStarted.clients()).isZero();
    }

    /** Its client went away while a reader was about to hand it over to the follower. */
    @Test
    void aSubscriptionThatWasClosedBeforeItIsAddedDoesNotStay() {
        SubscriptionRegistry hub = new SubscriptionRegistry();
        Subscription subscription = new Subscription(
                SESSION,
                EventFilter.SESSION,
                0,
                new Outbox(BOUNDS, new SharedByteLimit(1_000_000)),
                new EventReducer());
        subscription.close();
        hub.remove(subscription);
        hub.add(subscription);
        assertThat(hub.sessions()).isZero();
    }
}

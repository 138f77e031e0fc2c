package io.turnlane.gateway.turns.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.gateway.problem.EventsUnavailableException;
import io.turnlane.gateway.turns.deliver.Subscription.EventFilter;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.trace.Traces;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests that a disconnected client leaves nothing behind. */
class EventStreamsTest {

    private static final SessionKey SESSION = SessionKey.of(null, new SessionId("s"));
    private static final Outbox.Bounds BOUNDS = new Outbox.Bounds(10, 10_000);

    @Test
    void releasesTheSlotOfAWaitThatCannotBegin() {
        EventStreams neverStarted = new EventStreams(
                (_, _) -> {
                    throw new IllegalStateException("no broker");
                },
                "events",
                () -> {},
                new EventStreams.StreamLimits(
                        2, BOUNDS, Duration.ofHours(1), 1_000_000, 1, 1_000, Duration.ofSeconds(1)),
                new BoundedWaits(),
                new DeliverySpans(Traces.NONE),
                new SimpleMeterRegistry());
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> neverStarted.watchEnd(SESSION, Events.R1))
                    .isInstanceOf(EventsUnavailableException.class)
                    .hasMessageContaining("not been reached");
        }
        assertThat(neverStarted.clients()).isZero();
    }

    /** The client disconnects while a reader is about to hand its subscription over to the follower. */
    @Test
    void removesASubscriptionThatWasClosedBeforeItWasAdded() {
        SubscriptionRegistry registry = new SubscriptionRegistry();
        Subscription subscription = new Subscription(
                SESSION,
                EventFilter.SESSION,
                0,
                new Outbox(BOUNDS, new SharedByteLimit(1_000_000), Outbox.UNLIMITED_AGE),
                new EventReducer());
        subscription.close();
        registry.remove(subscription);
        registry.add(subscription);
        assertThat(registry.sessions()).isZero();
    }
}

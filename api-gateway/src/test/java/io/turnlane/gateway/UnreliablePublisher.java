package io.turnlane.gateway;

import io.turnlane.gateway.turns.ask.TurnPublisher;
import io.turnlane.model.SessionCommand;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Publisher that fails once as a test requests, and then works again. */
final class UnreliablePublisher implements TurnPublisher {

    private final AtomicReference<@Nullable PublishFailure> failNext = new AtomicReference<>();
    private final AtomicInteger before = new AtomicInteger();
    private final TurnPublisher log;

    UnreliablePublisher(TurnPublisher log) {
        this.log = log;
    }

    /** Action instead of a publish. */
    interface PublishFailure {
        void happen(Runnable publish) throws NotPublishedException;
    }

    /** The gateway dies before the record is published. */
    static final PublishFailure DIES_BEFORE = _ -> {
        throw new GatewayDied();
    };

    /** The gateway dies right after the record is published. */
    static final PublishFailure DIES_AFTER = publish -> {
        publish.run();
        throw new GatewayDied();
    };

    static final PublishFailure REJECTED = _ -> {
        throw NotPublishedException.rejected(new IllegalStateException("too large"));
    };

    /** The broker does not answer, and the record is not published. */
    static final PublishFailure LOST = _ -> {
        throw NotPublishedException.unknown(new IllegalStateException("no answer"));
    };

    void failNext(PublishFailure failure) {
        failNth(1, failure);
    }

    /** Lets the n-th publish from now on fail. */
    void failNth(int n, PublishFailure failure) {
        before.set(n - 1);
        failNext.set(failure);
    }

    @Override
    public void publish(SessionCommand command, long eventsFrom, @Nullable String traceparent)
            throws NotPublishedException {
        boolean fails = failNext.get() != null && before.getAndDecrement() <= 0;
        PublishFailure failure = fails ? failNext.getAndSet(null) : null;
        if (failure == null) {
            log.publish(command, eventsFrom, traceparent);
        } else {
            failure.happen(() -> publishOrFail(command, eventsFrom, traceparent));
        }
    }

    private void publishOrFail(SessionCommand command, long eventsFrom, @Nullable String traceparent) {
        try {
            log.publish(command, eventsFrom, traceparent);
        } catch (NotPublishedException e) {
            throw new AssertionError("the broker of the tests is available", e);
        }
    }

    /** Simulates the death of the gateway: no production code catches this error. */
    static final class GatewayDied extends Error {
        private static final long serialVersionUID = 1L;
    }
}

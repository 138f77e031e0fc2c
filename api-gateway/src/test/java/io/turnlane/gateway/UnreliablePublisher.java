package io.turnlane.gateway;

import io.turnlane.gateway.ask.TurnPublisher;
import io.turnlane.model.SessionCommand;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A publisher that fails once in the way that a test says, and is well again. */
final class UnreliablePublisher implements TurnPublisher {

    private final AtomicReference<@Nullable PublishFailure> failNext = new AtomicReference<>();
    private final TurnPublisher log;

    UnreliablePublisher(TurnPublisher log) {
        this.log = log;
    }

    /** What happens in place of a publish. */
    interface PublishFailure {
        void happen(Runnable publish) throws NotPublishedException;
    }

    /** The gateway is gone before the log has anything. */
    static final PublishFailure DIES_BEFORE = _ -> {
        throw new GatewayDied();
    };

    /** The gateway is gone as soon as the log has it. */
    static final PublishFailure DIES_AFTER = publish -> {
        publish.run();
        throw new GatewayDied();
    };

    static final PublishFailure REJECTED = _ -> {
        throw NotPublishedException.rejected(new IllegalStateException("too large"));
    };

    /** No answer, and the log doesn't have it. */
    static final PublishFailure LOST = _ -> {
        throw NotPublishedException.unknown(new IllegalStateException("no answer"));
    };

    void failNext(PublishFailure failure) {
        failNext.set(failure);
    }

    @Override
    public void publish(SessionCommand command, long eventsFrom, @Nullable String traceparent)
            throws NotPublishedException {
        PublishFailure failure = failNext.getAndSet(null);
        if (failure == null) {
            log.publish(command, eventsFrom, traceparent);
        } else {
            failure.happen(() -> publishSurely(command, eventsFrom, traceparent));
        }
    }

    private void publishSurely(SessionCommand command, long eventsFrom, @Nullable String traceparent) {
        try {
            log.publish(command, eventsFrom, traceparent);
        } catch (NotPublishedException e) {
            throw new AssertionError("the tests' log is there", e);
        }
    }

    /** Nothing of ours catches it, so nothing after it happens. */
    static final class GatewayDied extends Error {
        private static final long serialVersionUID = 1L;
    }
}

package io.turnlane.gateway.deliver;

import java.time.Duration;

/** Waits for one request's terminal event. To be opened before the turn is published, or before its record is read. */
public final class EndWatch implements AutoCloseable {

    private final EventStreams streams;
    private final Outbox outbox;
    private final Subscription subscription;

    EndWatch(EventStreams streams, Outbox outbox, Subscription subscription) {
        this.streams = streams;
        this.outbox = outbox;
        this.subscription = subscription;
    }

    /** True once the request has ended; false where it hasn't within {@code patience}, or the gateway stops. */
    public boolean await(Duration patience) throws InterruptedException {
        return outbox.take(patience) instanceof OutboxItem.EventItem;
    }

    @Override
    public void close() {
        streams.close(subscription);
        streams.closeOutbox(outbox);
    }
}

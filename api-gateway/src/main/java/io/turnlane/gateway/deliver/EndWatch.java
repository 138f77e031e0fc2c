package io.turnlane.gateway.deliver;

import java.time.Duration;

/**
 * Waits for the terminal event of one request. Open it before the turn is published or the request record is read, so
 * that the event can't be missed.
 *
 * <p>One thread waits and closes.
 */
public final class EndWatch implements AutoCloseable {

    private final EventStreams streams;
    private final Outbox outbox;
    private final Subscription subscription;

    EndWatch(EventStreams streams, Outbox outbox, Subscription subscription) {
        this.streams = streams;
        this.outbox = outbox;
        this.subscription = subscription;
    }

    /**
     * Waits for the terminal event. Returns true if the request has ended, false if {@code timeout} has passed or the
     * gateway stops.
     */
    public boolean await(Duration timeout) throws InterruptedException {
        return outbox.take(timeout) instanceof OutboxItem.EventItem;
    }

    @Override
    public void close() {
        streams.close(subscription);
        streams.closeOutbox(outbox);
    }
}

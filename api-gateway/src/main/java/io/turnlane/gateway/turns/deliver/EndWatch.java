package io.turnlane.gateway.turns.deliver;

import java.time.Duration;

/**
 * Waits for the terminal event of one request. The caller must open the watch before it publishes the turn or reads the
 * request record. The watch does not see events that were published before it was opened.
 *
 * <p>The thread that opens a watch also waits and closes it.
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
     * Waits for the terminal event. Returns true if the request has ended; false if {@code timeout} has passed or if
     * the gateway stops.
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

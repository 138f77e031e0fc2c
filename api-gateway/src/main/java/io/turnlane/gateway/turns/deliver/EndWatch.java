package io.turnlane.gateway.turns.deliver;

import io.turnlane.gateway.turns.deliver.BoundedWaits.BoundedWait;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the terminal event of one request. The caller must open the watch before it publishes the turn or reads the
 * request record. The watch does not see events that were published before it was opened.
 *
 * <p>The thread that opens a watch also waits and closes it. Any thread may call {@link #stop}.
 */
public final class EndWatch implements AutoCloseable {

    private final String key;
    private final int partition;
    private final RequestId request;
    private final BoundedWait wait;
    private final DeliverySpans spans;
    private final Consumer<EndWatch> whenClosed;
    private volatile @Nullable LoggedEvent event;

    /** @param whenClosed releases what the watch occupies */
    EndWatch(
            SessionKey session,
            int partition,
            RequestId request,
            BoundedWait wait,
            DeliverySpans spans,
            Consumer<EndWatch> whenClosed) {
        this.key = session.toString();
        this.partition = partition;
        this.request = request;
        this.wait = wait;
        this.spans = spans;
        this.whenClosed = whenClosed;
    }

    RequestId request() {
        return request;
    }

    int partition() {
        return partition;
    }

    /** Returns true if the watch is for the session with this record key. */
    boolean isOf(String sessionKey) {
        return key.equals(sessionKey);
    }

    /** Ends the wait with the terminal event of the request. Called by the follower. */
    void end(LoggedEvent terminal) {
        event = terminal;
        wait.end();
        spans.delivered(terminal, "wait");
    }

    /**
     * Ends the wait without an event. The caller of {@link #await} must find out the state of the request in another
     * way.
     */
    public void stop() {
        wait.end();
    }

    /**
     * Waits for the terminal event. Returns null if {@code timeout} has passed, or if the wait was {@linkplain #stop
     * stopped}. The gateway stops all waits when it shuts down, or if it has missed events.
     */
    public @Nullable LoggedEvent await(Duration timeout) throws InterruptedException {
        boolean ended = wait.await(timeout);
        return ended ? event : null;
    }

    @Override
    public void close() {
        whenClosed.accept(this);
    }
}

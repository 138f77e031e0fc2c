package io.turnlane.gateway.stream;

import io.turnlane.gateway.deliver.ClientMetrics;
import io.turnlane.gateway.deliver.Cursor;
import io.turnlane.gateway.deliver.Delivery;
import io.turnlane.gateway.deliver.Delivery.Ending;
import io.turnlane.gateway.deliver.Outbox;
import io.turnlane.gateway.deliver.Subscription;
import io.turnlane.gateway.requests.Replay;
import io.turnlane.gateway.requests.RequestRecord;
import io.turnlane.gateway.requests.Snapshots;
import io.turnlane.gateway.requests.Snapshots.Snapshot;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a client's outbox as server-sent events, on the request's own virtual thread: one writer a stream, and no
 * asynchronous dispatch that could race with it. Ends with the request's end, or when the client is let go.
 */
public final class SseStream {

    private static final Logger LOG = LoggerFactory.getLogger(SseStream.class);

    private final Snapshots snapshots;
    private final Replay replay;
    private final Duration heartbeat;
    private final Duration retry;
    private final ClientMetrics metrics;

    /**
     * @param heartbeat how often a silent stream says that it is alive; a client that is gone is noticed by it
     * @param retry when a client shall come back whose gateway stops
     */
    public SseStream(Snapshots snapshots, Replay replay, Duration heartbeat, Duration retry, ClientMetrics metrics) {
        this.snapshots = snapshots;
        this.replay = replay;
        this.heartbeat = heartbeat;
        this.retry = retry;
        this.metrics = metrics;
    }

    /**
     * What a stream is written from.
     *
     * @param untilEnd whether it ends with the first terminal event
     * @param onSilence called at each heartbeat, on the writer's thread
     */
    record Source(Outbox outbox, boolean untilEnd, Runnable onSilence) {}

    /** Writes until the stream ends; {@code first} was taken out already. A client that goes away ends it too. */
    void write(HttpServletResponse response, Source source, @Nullable Delivery first) {
        metrics.connected();
        try {
            SseConnection connection = SseConnection.open(response);
            boolean more = first == null || write(connection, first, source.untilEnd());
            while (more) {
                more = writeNext(connection, source);
                connection.flush();
            }
            connection.flush();
        } catch (IOException gone) {
            metrics.dropped(source.outbox().ending());
            LOG.debug("client went away: {}", gone.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            metrics.disconnected();
        }
    }

    /** Writes from this client's outbox until the request ends. */
    public void writeRequest(HttpServletResponse response, Outbox outbox) {
        write(response, new Source(outbox, true, () -> {}), null);
    }

    /** Tells a finished request. */
    void tell(HttpServletResponse response, RequestRecord request) {
        try {
            SseConnection connection = SseConnection.open(response);
            for (Replay.Told told : replay.of(request)) {
                connection.event(null, told.type(), told.json());
            }
            connection.flush();
        } catch (IOException gone) {
            LOG.debug("client went away: {}", gone.toString());
        }
    }

    /** Tells how a request ended. */
    void tellEnd(HttpServletResponse response, RequestRecord request) {
        try {
            SseConnection connection = SseConnection.open(response);
            Replay.Told end = replay.end(request);
            connection.event(null, end.type(), end.json());
            connection.flush();
        } catch (IOException gone) {
            LOG.debug("client went away: {}", gone.toString());
        }
    }

    /** Waits for one, then takes what else is there, so that a burst costs one flush. False where the stream ends. */
    private boolean writeNext(SseConnection connection, Source source) throws IOException, InterruptedException {
        Delivery next = source.outbox().take(heartbeat);
        if (next == null) {
            connection.heartbeat();
            source.onSilence().run();
            return true;
        }
        boolean more = true;
        while (more && next != null) {
            more = write(connection, next, source.untilEnd());
            next = more ? source.outbox().take(Duration.ZERO) : null;
        }
        return more;
    }

    private boolean write(SseConnection connection, Delivery delivery, boolean untilEnd) throws IOException {
        return switch (delivery) {
            case Delivery.Event(var event, var cursor) -> {
                connection.event(cursor, event.type(), event.value());
                metrics.delivered();
                yield !(untilEnd && event.terminal());
            }
            case Delivery.Gap(var subscription, var cursor) -> writeGap(connection, subscription, cursor);
            case Delivery.Place place -> {
                connection.place(place.cursor());
                yield true;
            }
            case Delivery.CaughtUp _, Delivery.Frame _ -> true;
            case Delivery.End(var why) -> {
                metrics.dropped(why);
                if (why == Ending.SHUTDOWN) {
                    connection.retryAfter(retry);
                }
                yield false;
            }
        };
    }

    private boolean writeGap(SseConnection connection, Subscription subscription, Cursor cursor) throws IOException {
        Snapshot snapshot = snapshots.of(subscription);
        RequestRecord ended = snapshot.ended();
        if (ended == null) {
            connection.event(cursor, "gap", snapshot.event());
            return true;
        }
        connection.event(cursor.ended(ended.requestId(), ended.attempt()), "gap", snapshot.event());
        Replay.Told end = replay.end(ended);
        connection.event(null, end.type(), end.json());
        return false;
    }
}

package io.turnlane.gateway.stream;

import io.turnlane.gateway.deliver.ClientMetrics;
import io.turnlane.gateway.deliver.Cursor;
import io.turnlane.gateway.deliver.Outbox;
import io.turnlane.gateway.deliver.OutboxItem;
import io.turnlane.gateway.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.deliver.Subscription;
import io.turnlane.gateway.requests.FinishedRequestEvents;
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
    private final FinishedRequestEvents replay;
    private final Duration heartbeat;
    private final Duration retry;
    private final ClientMetrics metrics;

    /**
     * @param heartbeat how often a silent stream says that it is alive; a client that is gone is noticed by it
     * @param retry when a client shall come back whose gateway stops
     */
    public SseStream(
            Snapshots snapshots,
            FinishedRequestEvents replay,
            Duration heartbeat,
            Duration retry,
            ClientMetrics metrics) {
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
     * @param onHeartbeat called at each heartbeat, on the writer's thread
     */
    record StreamSource(Outbox outbox, boolean untilEnd, Runnable onHeartbeat) {}

    /** Writes until the stream ends; {@code first} was taken out already. A client that goes away ends it too. */
    void write(HttpServletResponse response, StreamSource source, @Nullable OutboxItem first) {
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
            metrics.dropped(source.outbox().disconnectReason());
            LOG.debug("client went away: {}", gone.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            metrics.disconnected();
        }
    }

    /** Writes from this client's outbox until the request ends. */
    public void writeRequest(HttpServletResponse response, Outbox outbox) {
        write(response, new StreamSource(outbox, true, () -> {}), null);
    }

    /** Tells a finished request. */
    void writeFinished(HttpServletResponse response, RequestRecord request) {
        try {
            SseConnection connection = SseConnection.open(response);
            for (FinishedRequestEvents.ReconstructedEvent told : replay.all(request)) {
                connection.writeEvent(null, told.type(), told.json());
            }
            connection.flush();
        } catch (IOException gone) {
            LOG.debug("client went away: {}", gone.toString());
        }
    }

    /** Tells how a request ended. */
    void writeEnd(HttpServletResponse response, RequestRecord request) {
        try {
            SseConnection connection = SseConnection.open(response);
            FinishedRequestEvents.ReconstructedEvent end = replay.terminal(request);
            connection.writeEvent(null, end.type(), end.json());
            connection.flush();
        } catch (IOException gone) {
            LOG.debug("client went away: {}", gone.toString());
        }
    }

    /** Waits for one, then takes what else is there, so that a burst costs one flush. False where the stream ends. */
    private boolean writeNext(SseConnection connection, StreamSource source) throws IOException, InterruptedException {
        OutboxItem next = source.outbox().take(heartbeat);
        if (next == null) {
            connection.writeHeartbeat();
            source.onHeartbeat().run();
            return true;
        }
        boolean more = true;
        while (more && next != null) {
            more = write(connection, next, source.untilEnd());
            next = more ? source.outbox().take(Duration.ZERO) : null;
        }
        return more;
    }

    private boolean write(SseConnection connection, OutboxItem delivery, boolean untilEnd) throws IOException {
        return switch (delivery) {
            case OutboxItem.EventItem(var event, var cursor) -> {
                connection.writeEvent(cursor, event.type(), event.value());
                metrics.delivered();
                yield !(untilEnd && event.isTerminal());
            }
            case OutboxItem.GapItem(var subscription, var cursor) -> writeGap(connection, subscription, cursor);
            case OutboxItem.CursorItem place -> {
                connection.writeCursor(place.cursor());
                yield true;
            }
            case OutboxItem.CaughtUpItem _, OutboxItem.FrameItem _ -> true;
            case OutboxItem.EndItem(var why) -> {
                metrics.dropped(why);
                if (why == DisconnectReason.SHUTDOWN) {
                    connection.writeRetry(retry);
                }
                yield false;
            }
        };
    }

    private boolean writeGap(SseConnection connection, Subscription subscription, Cursor cursor) throws IOException {
        Snapshot snapshot = snapshots.of(subscription);
        RequestRecord ended = snapshot.endedRequest();
        if (ended == null) {
            connection.writeEvent(cursor, "gap", snapshot.event());
            return true;
        }
        connection.writeEvent(cursor.ended(ended.requestId(), ended.attempt()), "gap", snapshot.event());
        FinishedRequestEvents.ReconstructedEvent end = replay.terminal(ended);
        connection.writeEvent(null, end.type(), end.json());
        return false;
    }
}

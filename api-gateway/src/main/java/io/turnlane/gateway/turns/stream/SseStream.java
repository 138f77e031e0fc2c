package io.turnlane.gateway.turns.stream;

import io.turnlane.gateway.turns.deliver.ClientMetrics;
import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.gateway.turns.deliver.LoggedEvent;
import io.turnlane.gateway.turns.deliver.Outbox;
import io.turnlane.gateway.turns.deliver.OutboxItem;
import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.turns.deliver.Subscription;
import io.turnlane.gateway.turns.requests.FinishedRequestEvents;
import io.turnlane.gateway.turns.requests.FinishedRequestEvents.ReconstructedEvent;
import io.turnlane.gateway.turns.requests.Snapshots;
import io.turnlane.gateway.turns.requests.Snapshots.Snapshot;
import io.turnlane.store.request.RequestRecord;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the items of a client's outbox as server-sent events. Only the virtual thread of the HTTP request writes to
 * the stream. A stream ends when its request ends or its client is disconnected.
 *
 * @param heartbeat interval of heartbeats on a silent stream; if one fails, the client has disconnected
 * @param retry reconnection delay sent to clients when the gateway stops or ends an old stream
 */
public record SseStream(
        Snapshots snapshots,
        FinishedRequestEvents finishedEvents,
        Duration heartbeat,
        Duration retry,
        ClientMetrics metrics) {

    private static final Logger LOG = LoggerFactory.getLogger(SseStream.class);

    /**
     * Source of a stream.
     *
     * @param outbox outbox of the client
     * @param untilEnd true to end the stream with the first terminal event
     * @param onHeartbeat task to run at each heartbeat, on the writer's thread
     */
    record StreamSource(Outbox outbox, boolean untilEnd, Runnable onHeartbeat) {}

    /**
     * Writes {@code first} if it is not null. Then writes the items of the outbox until the stream ends or the client
     * disconnects.
     */
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
        } catch (IOException disconnected) {
            metrics.dropped(source.outbox().disconnectReason());
            LOG.debug("client disconnected: {}", disconnected.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            metrics.disconnected();
        }
    }

    /** Writes the items of this client's outbox until the request ends. */
    public void writeRequest(HttpServletResponse response, Outbox outbox) {
        write(response, new StreamSource(outbox, true, () -> {}), null);
    }

    /**
     * Writes the events of a request that has ended, reconstructed from its record.
     *
     * @param end cursor after the terminal event; null if it is unknown
     */
    void writeFinished(HttpServletResponse response, RequestRecord request, @Nullable Cursor end) {
        writeReconstructed(response, request, finishedEvents.all(request), end);
    }

    /** Writes only the terminal event of a request that has ended. */
    void writeEnd(HttpServletResponse response, RequestRecord request, Cursor end) {
        writeReconstructed(response, request, List.of(finishedEvents.terminal(request)), end);
    }

    /**
     * Writes events that are not in the log. Only the last one has an id. A client that is disconnected before the last
     * event therefore receives all of them again.
     */
    private void writeReconstructed(
            HttpServletResponse response,
            RequestRecord request,
            List<ReconstructedEvent> events,
            @Nullable Cursor end) {
        try {
            SseConnection connection = SseConnection.open(response);
            for (int i = 0; i < events.size(); i++) {
                Cursor cursor = i == events.size() - 1 ? end : null;
                connection.writeEvent(
                        cursor, events.get(i).type(), events.get(i).json());
            }
            connection.flush();
            if (end != null) {
                metrics.deliveredEnd(request.requestId(), end.partition());
            }
        } catch (IOException disconnected) {
            LOG.debug("client disconnected: {}", disconnected.toString());
        }
    }

    /**
     * Waits for one item and then writes all others that are available, so that a burst needs one flush. Returns false
     * if the stream ends.
     */
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
            case OutboxItem.EventItem item -> {
                LoggedEvent event = item.event();
                connection.writeEvent(item.cursor(), event.type(), event.value());
                metrics.delivered(item);
                yield !(untilEnd && event.isTerminal());
            }
            case OutboxItem.GapItem(var subscription, var cursor) -> writeGap(connection, subscription, cursor);
            case OutboxItem.CursorItem(var session, var cursor) -> {
                connection.writeCursor(session.sessionId(), cursor);
                yield true;
            }
            case OutboxItem.CaughtUpItem _, OutboxItem.FrameItem _ -> true;
            case OutboxItem.EndItem(var reason) -> {
                metrics.dropped(reason);
                if (reason == DisconnectReason.SHUTDOWN || reason == DisconnectReason.AGED) {
                    connection.writeRetry(retry);
                }
                yield false;
            }
        };
    }

    private boolean writeGap(SseConnection connection, Subscription subscription, Cursor cursor) throws IOException {
        if (snapshots.hasMissedNothing(subscription, cursor)) {
            connection.writeCursor(subscription.session().sessionId(), cursor);
            return true;
        }
        Snapshot snapshot = snapshots.of(subscription);
        RequestRecord ended = snapshot.endedRequest();
        if (ended == null) {
            connection.writeEvent(cursor, "gap", snapshot.event());
            return true;
        }
        Cursor afterEnd = cursor.ended(ended.requestId(), ended.attempt());
        connection.writeEvent(afterEnd, "gap", snapshot.event());
        ReconstructedEvent end = finishedEvents.terminal(ended);
        connection.writeEvent(afterEnd, end.type(), end.json());
        return false;
    }
}
